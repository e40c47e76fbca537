// Sends to PagerDuty and works on an alert of Opsgenie by their libraries. Arguments: vendor, host with port, key, name of the alert.
package main

import (
	"context"
	"log"
	"os"

	"github.com/PagerDuty/go-pagerduty"
	"github.com/opsgenie/opsgenie-go-sdk-v2/alert"
	"github.com/opsgenie/opsgenie-go-sdk-v2/client"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func must[T any](value T, err error) T {
	check(err)
	return value
}

func want(holds bool, what string) {
	if !holds {
		log.Fatal(what)
	}
}

func pagerDuty(host, key, name string) {
	ctx := context.Background()
	events := pagerduty.NewClient("", pagerduty.WithV2EventsAPIEndpoint("http://"+host))
	for _, action := range []string{"trigger", "acknowledge", "resolve"} {
		event := &pagerduty.V2Event{RoutingKey: key, Action: action, DedupKey: name}
		if action == "trigger" {
			event.Payload = &pagerduty.V2Payload{Summary: "Disk <full> & more", Source: "db-1", Severity: "critical"}
		}
		answer := must(events.ManageEventWithContext(ctx, event))
		want(answer.DedupKey == name, "the key of "+action)
	}
}

func opsgenie(host, key, name string) {
	ctx := context.Background()
	alerts := must(alert.NewClient(&client.Config{ApiKey: key, OpsGenieAPIURL: client.ApiUrl(host)}))
	created := must(alerts.Create(ctx, &alert.CreateAlertRequest{
		Message: "Disk full", Alias: name, Priority: alert.P1, Tags: []string{"a", "b c"},
		Responders: []alert.Responder{{Type: alert.TeamResponder, Name: "ops"}}, Details: map[string]string{"k": "v"},
	}))
	status := must(created.RetrieveStatus(ctx))
	want(status.IsSuccess && status.Alias == name, "the status of the request")
	by := alert.ALIAS
	must(alerts.Acknowledge(ctx, &alert.AcknowledgeAlertRequest{IdentifierType: by, IdentifierValue: name, Note: "n"}))
	must(alerts.AddNote(ctx, &alert.AddNoteRequest{IdentifierType: by, IdentifierValue: name, Note: "hello"}))
	must(alerts.UpdatePriority(ctx, &alert.UpdatePriorityRequest{IdentifierType: by, IdentifierValue: name, Priority: alert.P2}))
	found := must(alerts.Get(ctx, &alert.GetAlertRequest{IdentifierType: by, IdentifierValue: name}))
	want(found.Acknowledged && found.Priority == alert.P2 && found.Details["k"] == "v", "the alert")
	tiny := must(alerts.Get(ctx, &alert.GetAlertRequest{IdentifierType: alert.TINYID, IdentifierValue: found.TinyId}))
	want(tiny.Id == found.Id, "the alert by its tiny id")
	listed := must(alerts.List(ctx, &alert.ListAlertRequest{Query: "status: open AND tag: \"b c\" AND alias: \"" + name + "\""}))
	want(len(listed.Alerts) == 1, "the list")
	must(alerts.Close(ctx, &alert.CloseAlertRequest{IdentifierType: by, IdentifierValue: name}))
}

func main() {
	vendor, host, key, name := os.Args[1], os.Args[2], os.Args[3], os.Args[4]
	if vendor == "pagerduty" {
		pagerDuty(host, key, name)
	} else {
		opsgenie(host, key, name)
	}
}
