// The authority of a request as bytes, for those who pass it on without making a String.

extension RequestHead {
    /// Host and port as the client named them; empty when it named none (HTTP/1.0).
    package var authorityBytes: ArraySlice<UInt8> { line[hostStart..<hostStart + hostCount] }
}
