// A whole list on its way from the primary data node, item by item.

import Control
import Engine
import Nodes
import Procedures
import Wire

/// The items of a list, all of one moment, as they come. Belongs to its loop.
package final class WholeList<Item: Record> {
    private let exchange: ClientExchange
    private var reader = ItemFrameReader<Item>()
    /// How long the next piece may take.
    private let timeout: Duration

    init(_ exchange: ClientExchange, timeout: Duration) { (self.exchange, self.timeout) = (exchange, timeout) }

    /// The next items, at least one; nil at the end.
    package func next() async throws(Failure) -> [Item]? {
        while true {
            let piece: [UInt8]?
            exchange.extend(timeout)
            do throws(HTTPClientFailure) { piece = try await exchange.nextChunk() } catch {
                throw .unavailable("The list broke off (\(error.reason)).", after: 2)
            }
            guard let piece else {
                guard reader.isBetweenItems else { throw .fault("The list ended in the middle of an item.") }
                return nil
            }
            let items = try reader.read(piece)
            if !items.isEmpty { return items }
        }
    }

    /// Gives the rest up.
    package func abandon() { exchange.abandon() }
}

extension ProcedureClient {
    /// Asks the primary for every page of a list at once, as the person of `session` may see it. Fails before the first item, or the
    /// whole list is there: it is gathered before it is sent.
    package func whole<P: ListProcedure>(_ list: P, session: String?, requestID: String?, counts: Bool = false) async throws(Failure) -> WholeList<P.Answer.Item> {
        var fields = HTTPFields()
        fields.add("content-type", CompactCodec.mediaType)
        fields.add("accept", "\(ItemFrames.mediaType), application/problem+json")
        fields.add(ProcedureField.whole, "list")
        if counts { fields.add(ProcedureField.counts, "api") }
        if let session { fields.add(ProcedureField.session, session) }
        if let requestID { fields.add("x-request-id", requestID) }
        let body = CompactCodec.encode(list)
        let deadline = ContinuousClock.now + patience
        while true {
            let failure: Failure
            do throws(Attempt) {
                let target = try primary()
                let exchange: ClientExchange, head: ResponseHead
                do throws(HTTPClientFailure) {
                    exchange = try await client.open(
                        method: .post, target: "/procedures/\(P.name)", fields: fields, framing: .length(body.count), to: target.endpoint, timeout: gathering)
                    if !body.isEmpty { try await exchange.write(body) }
                    try await exchange.end()
                    head = try await exchange.head()
                    if head.status.code == 200 { return WholeList(exchange, timeout: timeout) }
                } catch {
                    // A list changes nothing: it may be asked for again.
                    throw .nothingReached(.unavailable("\(target.name) does not answer at the moment (\(error.reason)).", after: 2))
                }
                let refused: [UInt8]
                do throws(HTTPClientFailure) { refused = try await exchange.body(limit: 1 << 20) } catch { refused = [] }
                throw refusal(head.status, refused, from: target.name)
            } catch {
                switch error {
                case .final(let reason): throw reason
                case .nothingReached(let reason), .lost(let reason): failure = reason
                }
            }
            guard ContinuousClock.now + .milliseconds(200) < deadline else { throw failure }
            await loop.sleep(.milliseconds(200))
        }
    }
}
