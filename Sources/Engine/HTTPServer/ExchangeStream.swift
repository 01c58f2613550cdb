// The seam between an exchange that has its connection to itself (HTTP/1.1) and one that shares it with others.
import Wire

/// One of several exchanges on a connection, e.g. a stream of an HTTP/2 session. `HTTPExchange` asks it for everything that
/// over HTTP/1.1 it does with the connection itself; without one the way is the same as if this did not exist.
///
/// The calls mean what those of `HTTPExchange` with the same names mean.
protocol ExchangeStream: AnyObject {
    var hasBegun: Bool { get }
    func nextChunk(of exchange: HTTPExchange) async throws(Failure) -> [UInt8]?
    func respond(_ response: HTTPResponse, to exchange: HTTPExchange) async
    func begin(_ response: ResponseHead, length: Int?, to exchange: HTTPExchange) async throws(Failure)
    func write(_ bytes: [UInt8], to exchange: HTTPExchange) async throws(Failure)
    func flush() async throws(Failure)
    func end(trailers: HTTPFields) async throws(Failure)
    /// Remembers what to give up when the client resets the stream or its connection ends; nil: nothing any more.
    func abandonWhenClientLeaves(_ upstream: ClientExchange?)
    /// Whether the client reset the stream or its connection ended.
    var clientHasLeft: Bool { get }
}

extension ExchangeStream {
    /// Without more: the next piece that cannot be sent ends the exchange.
    func abandonWhenClientLeaves(_ upstream: ClientExchange?) {}
    var clientHasLeft: Bool { false }
}
