"""A real Prometheus that scrapes controllers of the tests, several times a second where time is short."""
import json
import math
import pathlib
import tempfile
import urllib.parse

import product
from product import Failure, must


class Prometheus:
    """`rules` is the text of a file of rules, `lookback` the time after which a series that is not scraped any more is gone;
    times are as in Prometheus' configuration, as is `how` a target is scraped (scheme, authorization, tls_config)."""

    def __init__(self, targets, interval="1s", rules=None, lookback="5m", how=None):
        self._folder = tempfile.TemporaryDirectory()
        folder = pathlib.Path(self._folder.name)
        self._targets = folder / "targets.json"
        self.scrape(targets)
        if rules:
            (folder / "rules.yml").write_text(rules)
        (folder / "prometheus.yml").write_text(json.dumps({
            "global": {"scrape_interval": interval, "scrape_timeout": interval, "evaluation_interval": interval},
            "rule_files": ["rules.yml"] if rules else [],
            "scrape_configs": [{"job_name": "labgallery", "honor_labels": True, **(how or {}),
                                "file_sd_configs": [{"files": [str(self._targets)], "refresh_interval": "1s"}]}]}))
        (port,) = product.free_ports(1)
        self.url = f"http://127.0.0.1:{port}"
        self.process = product.spawn(
            "prometheus", f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}", f"--query.lookback-delta={lookback}", "--log.level=error")
        product.until("Prometheus is ready", self._ready)

    def scrape(self, targets):
        """From now on these addresses, and no others."""
        fresh = self._targets.with_suffix(".new")
        fresh.write_text(json.dumps([{"targets": list(targets)}]))
        fresh.rename(self._targets)  # Prometheus never sees a half

    def _ready(self):
        try:
            return self.query("vector(1)")
        except (OSError, ValueError, Failure):  # no socket yet, or a page that says so
            return False

    def _ask(self, path, **parameters):
        return must("GET", f"{self.url}/api/v1/{path}?{urllib.parse.urlencode(parameters)}")["data"]

    def query(self, expression):
        """[(labels, value)]"""
        result = self._ask("query", query=expression)["result"]
        return [(one["metric"], float(one["value"][1])) for one in result]

    def query_at(self, expression, moment):
        """The same as of a moment of the past."""
        result = self._ask("query", query=expression, time=moment)["result"]
        return [(one["metric"], float(one["value"][1])) for one in result]

    def query_range(self, expression, start, end, step):
        """[(labels, [(time, value)])], without what is no number"""
        result = self._ask("query_range", query=expression, start=start, end=end, step=step)["result"]
        points = [(one["metric"], [(at, float(value)) for at, value in one["values"]]) for one in result]
        return [(labels, [(at, value) for at, value in line if math.isfinite(value)]) for labels, line in points]

    def trouble(self):
        """Why the last scrape of each target failed; empty where it did not."""
        return [target["lastError"] for target in self._ask("targets")["activeTargets"]]

    def firing(self):
        """Name -> the alerts of this name that fire, each with labels and annotations."""
        found = {}
        for alert in self._ask("alerts")["alerts"]:
            if alert["state"] == "firing":
                found.setdefault(alert["labels"]["alertname"], []).append(alert)
        return found

    def close(self):
        self.process.kill()
        self.process.wait()
        self._folder.cleanup()
