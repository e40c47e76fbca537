"""Works on an alert by opsgenie-sdk. Arguments: address, key, alias."""

import sys

import opsgenie_sdk

address, key, alias = sys.argv[1:]
configuration = opsgenie_sdk.Configuration()
configuration.host = address
configuration.api_key["Authorization"] = key
client = opsgenie_sdk.AlertApi(opsgenie_sdk.ApiClient(configuration=configuration))
by = {"identifier": alias, "identifier_type": "alias"}

created = client.create_alert(opsgenie_sdk.CreateAlertPayload(message="Disk full", alias=alias, priority="P2", details={"k": "v"}))
status = client.get_request_status(created.request_id)
assert status.data.is_success, status
client.acknowledge_alert(**by)
client.add_note(add_note_to_alert_payload=opsgenie_sdk.AddNoteToAlertPayload(note="hello"), **by)
alert = client.get_alert(**by).data
assert alert.acknowledged and alert.priority == "P2" and alert.details == {"k": "v"}, alert
listed = client.list_alerts(query="status: open AND alias: \"" + alias + "\"").data
assert [each.alias for each in listed] == [alias], listed
assert client.count_alerts(query="status: open").data.count >= 1
client.update_alert_priority(update_alert_priority_payload=opsgenie_sdk.UpdateAlertPriorityPayload(priority="P1"), **by)
beat = "nightly backup/" + alias
heartbeats = opsgenie_sdk.HeartbeatApi(opsgenie_sdk.ApiClient(configuration=configuration))
heartbeats.create_heartbeat(opsgenie_sdk.CreateHeartbeatPayload(name=beat, interval=10, interval_unit="minutes", enabled=True))
assert "PONG" in heartbeats.ping(beat).result
found = heartbeats.get_heartbeat(beat).data
assert found.name == beat and found.interval == 10 and not found.expired, found
heartbeats.disable_heartbeat(beat)
assert not heartbeats.enable_heartbeat(beat).data.expired
client.close_alert(**by)
assert client.get_alert(alert.id).data.status == "closed"
