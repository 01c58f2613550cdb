// What answers requests.
import Wire

/// Answers requests. There is one instance per loop, only ever called on it, so it may keep plain mutable state.
package protocol HTTPHandler {
    /// Answers one exchange, by `respond` or by `begin`, `write` and `end`. What is not answered on return is answered
    /// with 500.
    func handle(_ exchange: HTTPExchange) async
}
