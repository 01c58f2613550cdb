// Every limit of HTTP/2, by name. Those that HTTP/1.1 has too stand in `HTTPServerOptions` and hold for both.

/// What an HTTP/2 session puts up with. A client beyond one of the rates gets GOAWAY with ENHANCE_YOUR_CALM (RFC 9113 7) and
/// loses its connection.
package struct HTTP2Options: Sendable {
    /// So many at once, and so many more with every second that passes.
    package struct Rate: Sendable, Hashable {
        package var burst: Int
        package var perSecond: Int

        package init(burst: Int, perSecond: Int) {
            self.burst = burst
            self.perSecond = perSecond
        }
    }

    /// Streams open at once (SETTINGS_MAX_CONCURRENT_STREAMS). A stream that was reset counts until its handler has returned,
    /// so that nobody keeps more than this many handlers busy; beyond is REFUSED_STREAM. Default 100.
    package var streams = 100
    /// Bytes of one request body that are taken before the handler asks for them. Default 256 KiB.
    package var streamWindow = 256 << 10
    /// Bytes of all bodies of a connection that are taken before handlers ask for them: its memory. Default 1 MiB.
    package var connectionWindow = 1 << 20
    /// CONTINUATION frames in one header block; beyond, the connection ends. Default 8.
    package var continuations = 8

    // MARK: Rates per connection
    /// Streams reset by the client, or by us because of what the client did (CVE-2023-44487, CVE-2025-8671). Default 300, then 30/s.
    package var resets = Rate(burst: 300, perSecond: 30)
    /// SETTINGS frames, acknowledgements included. Default 32, then 2/s.
    package var settings = Rate(burst: 32, perSecond: 2)
    /// PING frames, answers included. Default 64, then 4/s.
    package var pings = Rate(burst: 64, perSecond: 4)
    /// Frames that carry nothing and end nothing: DATA and CONTINUATION without content. Default 64, then 4/s.
    package var emptyFrames = Rate(burst: 64, perSecond: 4)
    /// PRIORITY and PRIORITY_UPDATE frames, which are not acted on. Default 500, then 50/s.
    package var priorities = Rate(burst: 500, perSecond: 50)
    /// Frames of other types, known or not. Default 64, then 4/s.
    package var otherFrames = Rate(burst: 64, perSecond: 4)
    /// WINDOW_UPDATE frames. Default 1000, then 10/s, and one for every `bytesPerWindowUpdate`.
    package var windowUpdates = Rate(burst: 1000, perSecond: 10)
    /// Bytes of answers that let a client send one WINDOW_UPDATE more: who opens its window by less at a time wants tiny
    /// frames (CVE-2019-9511). Default 256.
    package var bytesPerWindowUpdate = 256

    // MARK: Leaving
    /// Time between the first GOAWAY, which only says that the end is near, and the one that names the last stream, when the
    /// client does not answer the PING between them (RFC 9113 6.8). Default 1 s.
    package var goAwayTime: Duration = .seconds(1)

    package init() {}
}
