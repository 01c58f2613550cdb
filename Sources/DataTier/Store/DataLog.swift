// What the data tier writes into the node's log: one face for loops and threads alike.
import Storage

/// Events with a level and a few named values; never passwords, tokens, e-mails or measures.
struct DataLog: Sendable {
    enum Level: Sendable { case info, warning, error }

    let write: @Sendable (Level, String, [(String, String)]) -> Void

    static let silent = DataLog { _, _, _ in }

    func info(_ text: String, _ values: (String, String)...) { write(.info, text, values) }
    func warning(_ text: String, _ values: (String, String)...) { write(.warning, text, values) }
    func error(_ text: String, _ values: (String, String)...) { write(.error, text, values) }

    /// An error of ours during a call; what the caller gets says less.
    func report(_ error: any Error, _ request: CallRequest) {
        write(.error, "a call failed", [("procedure", request.procedure), ("request", request.requestID ?? ""), ("error", "\(error)")])
    }
}
