// Every metric this system has, by name, in one place.

/// The name of a metric as Prometheus reads it: unit at the end, counters end in `_total`.
package enum MetricName: String, Sendable, CaseIterable {
    case httpRequests = "fitech_http_requests_total"
    case httpSeconds = "fitech_http_request_duration_seconds"
    case httpConnections = "fitech_http_connections"
    case balancerRetries = "fitech_balancer_retries_total"
    case balancerRefusals = "fitech_balancer_refusals_total"
    case balancerLimited = "fitech_balancer_limited_total"
    case balancerInFlight = "fitech_balancer_in_flight"
    case procedureCalls = "fitech_procedure_calls_total"
    case procedureSeconds = "fitech_procedure_duration_seconds"
    case databaseCommits = "fitech_database_commits_total"
    case databasesOpen = "fitech_databases_open"
    case passwordsWaiting = "fitech_passwords_waiting"
    case restorePointAge = "fitech_restore_point_age_seconds"
    case probes = "fitech_probes_total"
    case probeFailures = "fitech_probe_failures_total"
    case incidentsOpen = "fitech_incidents_open"
    case textsSent = "fitech_texts_sent_total"
    case textsFailed = "fitech_text_attempts_failed_total"
    case mailsSent = "fitech_mails_sent_total"
    case mailsFailed = "fitech_mail_attempts_failed_total"
    case logLinesDropped = "fitech_log_lines_dropped_total"

    /// One sentence for people who read the metrics.
    var help: String {
        switch self {
        case .httpRequests: "HTTP requests answered."
        case .httpSeconds: "Time from a request's head to the end of its answer."
        case .httpConnections: "Connections open now."
        case .balancerRetries: "Requests sent to another node because the first failed."
        case .balancerRefusals: "Requests no node could be found for."
        case .balancerLimited: "Requests refused because their address or session had sent too many."
        case .balancerInFlight: "Requests a node is answering now."
        case .procedureCalls: "Procedures answered by the data node."
        case .procedureSeconds: "Time a procedure took in the data node."
        case .databaseCommits: "Transactions committed."
        case .databasesOpen: "Databases open now."
        case .passwordsWaiting: "Sign-ins waiting for their password to be verified."
        case .restorePointAge: "Age of the newest restore point."
        case .probes: "Probes made."
        case .probeFailures: "Probes that failed."
        case .incidentsOpen: "Incidents open now."
        case .textsSent: "Texts a provider has accepted."
        case .textsFailed: "Attempts to hand over a text that failed."
        case .mailsSent: "Mails the relay has accepted."
        case .mailsFailed: "Attempts to hand over a mail that failed."
        case .logLinesDropped: "Log lines dropped because the reader was too slow."
        }
    }
}
