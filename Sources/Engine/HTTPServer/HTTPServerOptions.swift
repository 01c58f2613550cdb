// Every limit of the HTTP server, by name.
import Wire

/// What an `HTTPServer` puts up with. Each limit has a default that suits the public internet.
package struct HTTPServerOptions: Sendable {
    /// Size of a request's head: beyond its parts are 431 and 414.
    package var head = HeadLimits()
    /// Bytes of a request body that is read as a stream; `HTTPExchange.body(limit:)` sets its own. Beyond is 413. Default 1 GiB.
    package var bodyBytes = 1 << 30
    /// Time for a whole head to arrive once its first byte (or the connection) is there, else 408. Default 10 s.
    package var headTime: Duration = .seconds(10)
    /// Time a client may pause while it sends a body, else 408. Default 30 s.
    package var bodyTime: Duration = .seconds(30)
    /// Bytes per second a client must keep to beyond such a pause, sending a body or taking an answer; only the time
    /// we wait for it counts. Default 500.
    package var minimumRate = 500
    /// Time a connection may stay without a request. Default 75 s.
    package var idleTime: Duration = .seconds(75)
    /// Time without a request after which a connection keeps nothing but itself: no task, no exchange, no buffer. Waking it
    /// costs about a microsecond. Default 100 ms.
    package var restTime: Duration = .milliseconds(100)
    /// Time the client may take nothing of an answer, else the connection is closed. Default 30 s.
    package var writeTime: Duration = .seconds(30)
    /// Time for a TLS handshake. Default 10 s.
    package var handshakeTime: Duration = .seconds(10)
    /// What a TLS peer may ask for besides sending data.
    package var tls = TLSLimits()
    /// Connections open at once on one loop; more wait in the kernel. Default 20000.
    package var connections = 20_000
    /// Connections open at once from one address (IPv6: one /64), over all loops. As many again are answered 429, more are closed
    /// unheard. Default nil: no cap.
    package var connectionsPerAddress: Int?
    /// Requests on one connection before it is closed. Default 1,000,000.
    package var requestsPerConnection = 1_000_000
    /// Bytes of a body that the handler left unread which are still read to keep the connection. Default 65536.
    package var drainBytes = 65_536
    /// Names this server answers to, lower case, without port; others get 421. Nil answers to all. Default nil.
    package var hosts: Set<String>?
    /// The name under which requests, their times and connections are counted, e.g. `private`; nil counts nothing.
    package var metricsName: String?
    /// Whether requests and their times are counted too, and not connections alone. Default true.
    package var countsRequests = true
    /// Whether the peer of a Unix socket is asked for its pid and uid. Default true.
    package var asksCredentials = true

    /// What holds for HTTP/2 besides.
    package var http2 = HTTP2Options()

    package init() {}
}
