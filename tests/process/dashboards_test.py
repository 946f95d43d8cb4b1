#!/usr/bin/env python3
"""The dashboards of the chart: a real Prometheus scrapes a real run, and every expression in them returns data."""
import json
import math
import re

import crash_test
from metrics_test import METRICS, Controller
import product
from product import expect
from prometheus import Prometheus

DASHBOARDS = sorted((product.ROOT / "helm" / "labgallery" / "files" / "dashboards").glob("*.json"))
SCRAPES = 8  # until rates over time can be computed


def panels(board):
    return [panel for panel in board["panels"] if panel["type"] != "row"]


def filled(expression):
    """With the variables of a dashboard, as they are before anybody has chosen."""
    return re.sub(r"\$(kind|namespace|image)\b", ".*", expression)


class Dashboards:
    def __init__(self, prometheus, wanted):
        self.prometheus, self.wanted = prometheus, wanted
        self.boards = [json.loads(file.read_text()) for file in DASHBOARDS]
        self.moment = None  # of a scrape after which all was there; later ones may take too long on a busy machine

    def shaped(self):
        """each has a fixed uid, no id, and a data source that is chosen; each panel says what it shows, and in which unit"""
        expect(len(self.boards) == 2, f"there are {len(self.boards)} dashboards")
        for board in self.boards:
            expect(board["uid"] and "id" not in board and board["tags"] == ["labgallery"], f"{board['title']}: uid, id, tags")
            for panel in panels(board):
                where = f"{board['title']}: {panel['title']}"
                expect(panel["description"] and panel["fieldConfig"]["defaults"]["unit"], f"{where} has no words or no unit")
                expect(panel["datasource"]["uid"] == "${datasource}", f"{where} has a data source of its own")
                expect(len(panel["targets"]) <= 5, f"{where} has too many lines")
                expect(not panel["fieldConfig"]["defaults"]["unit"].startswith("currency"), f"{where}: --currency may be another one")
                # Where all is well, or nothing is there yet, there may be no series.
                if panel["type"] == "stat" and "vector(0)" not in panel["targets"][0]["expr"]:
                    expect(panel["fieldConfig"]["defaults"].get("noValue"), f"{where} says nothing where there is nothing")

    def scraped(self):
        """Prometheus has scraped the run until all objects were Ready, and a while longer"""
        product.until("all objects are Ready", lambda: [self.wanted] == [value for _, value in self.prometheus.query(
            'sum(labgallery_object_conditions{condition="Ready",status="True"})')])
        product.until("there are enough scrapes", lambda: self.prometheus.query(
            f"sum_over_time(up[5m]) >= {SCRAPES} and on() count_over_time(labgallery_image_regions[1m]) > 0"))

        def good():
            return [value for _, value in self.prometheus.query("timestamp(up == 1)")]
        (self.moment,) = product.until("the last scrape was good", good)

    def _query(self, expression):
        return self.prometheus.query_at(filled(expression), self.moment)

    def answered(self):
        """every expression returns data, and all but quantiles of what did not happen are numbers"""
        count = 0
        for board in self.boards:
            for panel in panels(board):
                for target in panel["targets"]:
                    found = self._query(target["expr"])
                    expect(found, f"{board['title']}: {panel['title']} is empty: {target['expr']}")
                    numbers = [value for _, value in found if not math.isnan(value)]
                    expect(numbers or "histogram_quantile" in target["expr"], f"{panel['title']} shows no number: {found}")
                    self._legend(panel, target, found)
                    count += 1
        return f"{count} expressions"

    @staticmethod
    def _legend(panel, target, found):
        """A legend names only labels that there are."""
        for label in re.findall(r"{{(\w+)}}", target["legendFormat"]):
            known = any(label in labels for labels, _ in found) or all(not labels for labels, _ in found)
            expect(known, f"{panel['title']} has no {label} to show: {found[:2]}")

    def told(self):
        """what they show is what is the case"""
        def value(title):
            panel = next(panel for panel in panels(self.boards[0]) if panel["title"] == title)
            return self._query(panel["targets"][0]["expr"])[0][1]
        product.expect_same("Ready, not Ready, leaders", [1, 0, 1],
                            [value(title) for title in ("Ready", "Not Ready", "Leaders")])


def main():
    wanted = crash_test.wanted_objects()
    with crash_test.World(wanted, crash_test.wiretap.Trigger(kills=False)) as world:
        controller = Controller(world, "--leader-elect", "--metrics-per-object", "All", "--sync-period", "5s")
        prometheus = None
        try:
            prometheus = Prometheus([f"127.0.0.1:{controller.ports[METRICS]}"])
            test = Dashboards(prometheus, len(world.objects()))
            product.run_steps(test.shaped, test.scraped, test.answered, test.told)
        finally:
            controller.close()
            if prometheus:
                prometheus.close()


if __name__ == "__main__":
    main()
