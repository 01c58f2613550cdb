// A storage error as the failure a caller far away receives.
import Wire

extension StorageError {
    /// The failure of the whole operation. Names no path: it may travel to a customer; the log has the details.
    package var failure: Failure {
        switch kind {
        case .full:
            Failure(whose: .ours, retry: .after(seconds: 30), status: 503, code: "storage-full",
                    reason: "The disk of the data node is full; nothing was saved.", hint: "Try again in a while; operations have to free space.")
        case .readOnly:
            Failure(whose: .ours, retry: .after(seconds: 30), status: 503, code: "storage-read-only",
                    reason: "The data node may not write its files; nothing was saved.", hint: "Try again in a while; operations have to restore write access.")
        case .corrupt, .unopenable:
            Failure(whose: .ours, retry: .after(seconds: 60), status: 503, code: "storage-damaged",
                    reason: "The database is damaged or missing.", hint: "Operations bring it back with fitech-ctl restore.")
        case .locked:
            Failure(whose: .ours, retry: .after(seconds: 1), status: 503, code: "storage-busy",
                    reason: "The database is held by another program.", hint: "Try again in a moment.")
        case .timeLimit:
            Failure(whose: .ours, retry: .never, status: 503, code: "too-slow",
                    reason: "The answer took longer than a request may take.", hint: "Ask for less: a narrower search or a shorter list.")
        case .device:
            Failure(whose: .ours, retry: .after(seconds: 10), status: 503, code: "storage-device",
                    reason: "The disk of the data node reports errors; nothing was saved.", hint: "Try again in a while; operations look at the disk.")
        case .tooNew:
            Failure(whose: .ours, retry: .after(seconds: 60), status: 503, code: "storage-too-new",
                    reason: "The database was written by a newer release than this node runs.", hint: "Operations start the newer release again.")
        case .constraint, .fault:
            Failure(whose: .ours, retry: .never, status: 500, code: "storage-fault",
                    reason: "The data node could not carry out the request.", hint: "Report this with the request id.")
        }
    }
}

extension BlockingThreads.Overloaded {
    /// The failure of a request that would have to wait too long for a thread.
    package var failure: Failure {
        Failure(whose: .ours, retry: .after(seconds: 2), status: 503, code: "busy",
                reason: "Too many people are signing in at this moment.", hint: "Try again in a few seconds.")
    }
}
