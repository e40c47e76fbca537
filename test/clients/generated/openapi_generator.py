"""A client that openapi-generator made: log in, raise, list, acknowledge, a monitor, and a refusal."""

import importlib
import pkgutil
import sys

import tocsin

for module in pkgutil.walk_packages(tocsin.__path__, "tocsin."):
    importlib.import_module(module.name)

base, password = sys.argv[1:3]
configuration = tocsin.Configuration(host=base)
client = tocsin.ApiClient(configuration)
tokens = tocsin.AuthApi(client).login(tocsin.LoginRequest(username="admin", password=password))
configuration.access_token = tokens.access_token

alerts = tocsin.AlertsApi(client)
raised = alerts.raise_alert(tocsin.RaiseAlert(title="Disk full on db-1", severity="critical"))
assert raised.id in [alert.id for alert in alerts.list_alerts(status="open").items]
assert alerts.acknowledge_alert(raised.id).status == "acknowledged"

check = {"type": "heartbeat", "periodSeconds": 3600}
wanted = tocsin.CreateMonitor.from_dict({"name": "Backup", "check": check, "intervalMinutes": 1})
monitor = tocsin.HealthApi(client).create_monitor(wanted)
assert monitor.check.actual_instance.period_seconds == 3600

try:
    alerts.get_alert("alr_nothing")
    raise AssertionError("an alert that does not exist is there")
except tocsin.exceptions.NotFoundException as refusal:
    assert "alert.not_found" in str(refusal.body)
