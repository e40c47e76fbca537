// Sends to PagerDuty and works on an alert of Opsgenie by their libraries. Arguments: vendor, host with port, key, name of
// the alert. Of the REST API of PagerDuty: address, key, address of a user, id of a service. Of its
// webhooks: secret, signature, and a file with the body.
package main

import (
	"context"
	"errors"
	"log"
	"net/http"
	"os"

	"github.com/PagerDuty/go-pagerduty"
	"github.com/PagerDuty/go-pagerduty/webhookv3"
	"github.com/opsgenie/opsgenie-go-sdk-v2/alert"
	"github.com/opsgenie/opsgenie-go-sdk-v2/client"
	"github.com/opsgenie/opsgenie-go-sdk-v2/heartbeat"
	"github.com/opsgenie/opsgenie-go-sdk-v2/schedule"
	"github.com/opsgenie/opsgenie-go-sdk-v2/user"
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

func pagerDutyREST(address, key, user, service string) {
	ctx := context.Background()
	api := pagerduty.NewClient(key, pagerduty.WithAPIEndpoint(address))
	made := []pagerduty.ManageIncidentsOptions{}
	for _, title := range []string{"go 1", "go 2"} {
		incident := must(api.CreateIncidentWithContext(ctx, user, &pagerduty.CreateIncidentOptions{
			Title: title, Urgency: "high", Service: &pagerduty.APIReference{ID: service, Type: "service_reference"},
		}))
		want(incident.Status == "triggered" && incident.Service.ID == service, "the new incident")
		made = append(made, pagerduty.ManageIncidentsOptions{ID: incident.ID, Status: "resolved"})
	}
	listed := must(api.ListIncidentsWithContext(ctx, pagerduty.ListIncidentsOptions{
		ServiceIDs: []string{service}, Statuses: []string{"triggered"}, SortBy: "created_at:desc", Total: true,
	}))
	want(len(listed.Incidents) >= 2 && listed.Incidents[1].ID == made[0].ID, "the list")
	first := made[0].ID
	must(api.ManageIncidentsWithContext(ctx, user, []pagerduty.ManageIncidentsOptions{{ID: first, Status: "acknowledged"}}))
	must(api.CreateIncidentNoteWithContext(ctx, first, pagerduty.IncidentNote{
		Content: "hi", User: pagerduty.APIObject{Summary: user},
	}))
	notes := must(api.ListIncidentNotesWithContext(ctx, first))
	want(len(notes) == 1 && notes[0].Content == "hi", "the notes")
	must(api.SnoozeIncidentWithContext(ctx, first, 3600))
	alerts := must(api.ListIncidentAlertsWithContext(ctx, first, pagerduty.ListIncidentAlertsOptions{Limit: 1}))
	want(len(alerts.Alerts) == 1, "the alerts")
	log := must(api.ListIncidentLogEntriesWithContext(ctx, first, pagerduty.ListIncidentLogEntriesOptions{}))
	want(len(log.LogEntries) >= 2, "the log")
	resolved := must(api.ManageIncidentsWithContext(ctx, user, made))
	want(len(resolved.Incidents) == 2 && resolved.Incidents[0].Status == "resolved", "the resolved incidents")
	must(api.ListOnCallsWithContext(ctx, pagerduty.ListOnCallOptions{Earliest: true}))
	users := must(api.ListUsersWithContext(ctx, pagerduty.ListUsersOptions{Query: user}))
	want(len(users.Users) == 1 && users.Users[0].Email == user, "the user")
	must(api.ListSchedulesWithContext(ctx, pagerduty.ListSchedulesOptions{}))
	must(api.ListEscalationPoliciesWithContext(ctx, pagerduty.ListEscalationPoliciesOptions{}))
	must(api.ListTeamsWithContext(ctx, pagerduty.ListTeamOptions{}))
	must(api.GetServiceWithContext(ctx, service, &pagerduty.GetServiceOptions{}))
	_, err := api.GetIncidentWithContext(ctx, "PT4KHLK")
	var refused pagerduty.APIError
	want(errors.As(err, &refused) && refused.NotFound(), "the refusal of an unknown incident")
}

// Verifies a webhook as its receiver does. The file has the body.
func pagerDutyWebhook(secret, signature, file string) {
	request := must(http.NewRequest("POST", "/", must(os.Open(file))))
	request.Header.Set("X-PagerDuty-Signature", signature)
	check(webhookv3.VerifySignature(request, secret))
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
	must(alerts.AddResponder(ctx, &alert.AddResponderRequest{
		IdentifierType: by, IdentifierValue: name, Responder: alert.Responder{Type: alert.UserResponder, Username: "admin"},
	}))
	must(alerts.EscalateToNext(ctx, &alert.EscalateToNextRequest{
		IdentifierType: by, IdentifierValue: name, Escalation: alert.Escalation{Name: "First line"},
	}))
	config := &client.Config{ApiKey: key, OpsGenieAPIURL: client.ApiUrl(host)}
	beats := must(heartbeat.NewClient(config))
	beat := name + " beat"
	enabled := true
	must(beats.Add(ctx, &heartbeat.AddRequest{Name: beat, Interval: 10, IntervalUnit: heartbeat.Minutes, Enabled: &enabled}))
	must(beats.Ping(ctx, beat))
	got := must(beats.Get(ctx, beat))
	want(got.Name == beat && got.Interval == 10 && !got.Expired, "the heartbeat")
	must(beats.Disable(ctx, beat))
	must(beats.Enable(ctx, beat))
	rotas := must(schedule.NewClient(config))
	must(rotas.List(ctx, &schedule.ListRequest{Expand: &enabled}))
	people := must(user.NewClient(config))
	all := must(people.List(ctx, &user.ListRequest{}))
	want(len(all.Users) > 0 && all.Users[0].Username != "", "the users")
	must(alerts.Close(ctx, &alert.CloseAlertRequest{IdentifierType: by, IdentifierValue: name}))
}

func main() {
	vendor, host, key, name := os.Args[1], os.Args[2], os.Args[3], os.Args[4]
	if vendor == "pagerduty" {
		pagerDuty(host, key, name)
	} else if vendor == "pagerduty-rest" {
		pagerDutyREST(host, key, name, os.Args[5])
	} else if vendor == "pagerduty-webhook" {
		pagerDutyWebhook(host, key, name)
	} else {
		opsgenie(host, key, name)
	}
}
