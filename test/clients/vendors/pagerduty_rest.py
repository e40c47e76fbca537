"""Works on incidents by the REST API. Arguments: library, address, key, address of a user, id of a service."""

import sys

library, address, key, sender, service = sys.argv[1:]
if library == "pdpyras":
    import pdpyras

    client = pdpyras.APISession(key, default_from=sender)
    client.url = address
    Failed = pdpyras.PDClientError
else:
    import pagerduty

    client = pagerduty.RestApiV2Client(key, default_from=sender, base_url=address)
    Failed = pagerduty.Error

made = [
    client.rpost("incidents", json={"type": "incident", "title": f"{library} {n}", "service": {"id": service, "type": "service_reference"}})
    for n in (1, 2, 3)
]
ids = [each["id"] for each in made]
found = [each["id"] for each in client.iter_all("incidents", params={"service_ids[]": [service], "statuses[]": ["triggered"]}, page_size=2)]
assert [each for each in found if each in ids] == ids, found
assert client.iter_all("incidents", params={"limit": 1}, total=True)
first = client.rput(made[0], json={"type": "incident_reference", "status": "acknowledged"})
assert first["status"] == "acknowledged", first
note = client.rpost(f"incidents/{ids[0]}/notes", json={"content": "hi"})
assert note["content"] == "hi", note
assert client.rget(f"incidents/{ids[0]}/notes")[0]["content"] == "hi"
changed = client.rput("incidents", json=[{"id": each, "type": "incident_reference", "status": "resolved"} for each in ids])
assert all(each["status"] == "resolved" for each in changed), changed
assert any(True for each in client.iter_all("users")), "users"
user = client.find("users", sender, attribute="email")
assert user and user["email"] == sender, user
assert client.rget(f"users/{user['id']}")["id"] == user["id"]
on_call = list(client.iter_all("oncalls"))
assert all(each["user"]["id"] for each in on_call), on_call
assert client.rget(f"services/{service}")["name"]
assert "teams" in client.rget("abilities"), "abilities"
assert client.api_key_access == "account", client.api_key_access
try:
    client.rget("incidents/PT4KHLK")
    raise SystemExit("an unknown incident was found")
except Failed as error:
    assert error.response.status_code == 404, error
