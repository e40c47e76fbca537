"""A client that openapi-python-client made: log in, raise, list, acknowledge, and a refusal."""

import importlib
import pkgutil
import sys

import tocsin_client
from tocsin_client import AuthenticatedClient, Client, models
from tocsin_client.api.alerts import acknowledge_alert, get_alert, list_alerts, raise_alert
from tocsin_client.api.auth import login

for module in pkgutil.walk_packages(tocsin_client.__path__, "tocsin_client."):
    importlib.import_module(module.name)

base, password = sys.argv[1:3]
tokens = login.sync(client=Client(base_url=base), body=models.LoginRequest(username="admin", password=password))
client = AuthenticatedClient(base_url=base, token=tokens.access_token)
wanted = models.RaiseAlert(title="Disk full on db-2", severity=models.RaiseAlertSeverity.CRITICAL)
raised = raise_alert.sync(client=client, body=wanted)
assert raised.id in [alert.id for alert in list_alerts.sync(client=client).items]
assert acknowledge_alert.sync(raised.id, client=client).status == "acknowledged"
assert get_alert.sync("alr_nothing", client=client).code == "alert.not_found"
