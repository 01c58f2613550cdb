// What answers requests.
import Wire

/// Answers requests. There is one instance per loop, only ever called on it, so it may keep plain mutable state.
package protocol HTTPHandler {
    /// Answers one exchange, by `respond` or by `begin`, `write` and `end`. What is not answered on return is answered
    /// with 500.
    func handle(_ exchange: HTTPExchange) async

    /// The tag for a ticket that is made before the first request can be read, as TLS 1.2 does inside the handshake;
    /// `previous` is the one the client came back with. The requests of that connection then find it in
    /// `HTTPExchange.sessionTag`. Nil, the default, adds none.
    func sessionTag(after previous: [UInt8]?) -> [UInt8]?
}

extension HTTPHandler {
    package func sessionTag(after previous: [UInt8]?) -> [UInt8]? { nil }
}
