"""The PyPI package of Standard Webhooks sees a message that Tocsin signed: each live secret verifies it, another does not."""

import json
import sys

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

with open(sys.argv[1], encoding="utf-8") as file:
    sent = json.load(file)


def takes(secret, body):
    try:
        Webhook(secret).verify(body, sent["headers"])
        return True
    except WebhookVerificationError:
        return False


for secret in sent["secrets"]:
    assert takes(secret, sent["body"]), "a live secret does not verify it"
    assert not takes(secret, sent["body"] + " "), "a changed body is verified"
for secret in sent["others"]:
    assert not takes(secret, sent["body"]), "another secret verifies it"
