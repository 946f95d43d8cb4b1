#!/usr/bin/env python3
"""What a day of changes leaves behind: growth of the operator's memory and open files, which should be none.

    tests/bench/churn.py BINARY [--hours N] [--images N] [--api real|embedded]

Each hour of the day is a round that takes as long as its work: a tenth of the Images is deleted and made anew, the others get
another description, and all objects are looked at twelve times (--sync-period). Azure is simulated 60 times as fast. Rounds begin
and end with the same fleet, all Ready. What is told is measured after each quarter of the day, when nothing but looks has happened
for a minute; the first half of the day warms up. Exits with 1 if there is more at the end: a MB, or four files, for how many
connections are kept changes from moment to moment."""
import argparse
import json
import sys
import time

import cluster
from cluster import NAME_SPACE, Embedded, Operator, Real, product, wait_until

SYNC_PERIOD = 1  # second, the shortest there is; twelve of them are an hour
MOST_MEMORY, MOST_FILES = 1.0, 3  # MB and files that may be more


def change(connection, method, name, body=None):
    kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
    connection.request(method, f"{product.GROUP}/namespaces/{NAME_SPACE}/images" + ("" if method == "POST" else f"/{name}"),
                       json.dumps(body) if body else None, {"Content-Type": kind})
    answer = connection.getresponse()
    text = answer.read()
    product.expect(answer.status < 300, f"{method} {name}: {answer.status} {text[:300]!r}")


def exists(connection, name):
    connection.request("GET", f"{product.GROUP}/namespaces/{NAME_SPACE}/images/{name}")
    answer = connection.getresponse()
    answer.read()
    return answer.status == 200


def ready(connection, generations):
    """All of them are Ready as they are described now."""
    connection.request("GET", f"{product.GROUP}/namespaces/{NAME_SPACE}/images")
    items = json.loads(connection.getresponse().read())["items"]
    good = [item for item in items for condition in item.get("status", {}).get("conditions", [])
            if condition["type"] == "Ready" and condition["status"] == "True"
            and condition.get("observedGeneration") == item["metadata"]["generation"]]
    return len(good) == len(items) == generations


def one_hour(api, fleet, hour):
    connection = api.connect()
    tenth = len(fleet) // 10
    first = hour * tenth % len(fleet)
    anew = fleet[first:first + tenth]
    for image in fleet:
        name = image["metadata"]["name"]
        if image in anew:
            change(connection, "DELETE", name)
        else:
            change(connection, "PATCH", name, {"spec": {"definition": {"description": f"as of hour {hour}"}}})
    wait_until("what was deleted is gone", lambda: not any(exists(connection, image["metadata"]["name"]) for image in anew), 0.2)
    for image in anew:
        change(connection, "POST", image["metadata"]["name"], {"apiVersion": "labgallery.io/v1alpha1", **image})
    wait_until("all Images are Ready again", lambda: ready(api.connect(), len(fleet)), 0.2)
    time.sleep(12 * SYNC_PERIOD)


def run(kind, options):
    told = []
    with kind() as api, product.Server("azure-simulator", "--time-scale", "60") as azure:
        cluster.make_name_space(api)
        cluster.prepare_azure(azure, 1)
        operator = Operator(api, azure, "--sync-period", f"{SYNC_PERIOD}s")
        wait_until("the operator answers", operator.metrics, 0.05)
        cluster.create_all(api, options.images)
        fleet = [value for plural, value in cluster.objects(options.images) if plural == "images"]
        wait_until("all Images are Ready", lambda: ready(api.connect(), options.images), 0.5)
        for hour in range(options.hours):
            one_hour(api, fleet, hour)
            if (hour + 1) * 4 % options.hours:
                continue
            time.sleep(options.standing)
            told.append((operator.resident(), operator.files()))
            print(f"after hour {hour + 1:3}: {told[-1][0]:7.2f} MB resident, {told[-1][1]:3} open files, "
                  f"{cluster.passes(operator):8.0f} passes, {cluster.counts(azure)[1]:6} writes to Azure", flush=True)
        operator.stop()
    return told


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("--hours", type=int, default=24, help="rounds, a multiple of 4; default: 24")
    parser.add_argument("--images", type=int, default=200, help="size of the fleet; default: 200")
    parser.add_argument("--api", choices=["real", "embedded"], default="real")
    parser.add_argument("--standing", type=int, default=60, help="seconds before each measurement; default: 60")
    options = parser.parse_args()
    told = run(Real if options.api == "real" else Embedded, options)
    (memory, files), (last_memory, last_files) = told[1], told[-1]
    print(f"growth from the middle of the day to its end: {last_memory - memory:.2f} MB, {last_files - files} open files")
    sys.exit(last_files - files > MOST_FILES or last_memory - memory > MOST_MEMORY)


if __name__ == "__main__":
    main()
