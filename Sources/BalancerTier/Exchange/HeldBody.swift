// A request's body on its way: held so that it can be sent again, or streamed because it is too large for that.
import Engine
import Wire

/// What is sent to a node as the body.
struct RequestBody {
    /// What was read from the customer and is kept. The whole body unless `streams`.
    var held: [UInt8] = []
    /// More follows from the customer behind `held`.
    var streams = false
    /// The whole length where the customer announced it; nil: chunked or none.
    var length: Int?
    /// Pieces behind `held` were taken from the customer, so this body cannot be sent again.
    var isSpent = false
    /// What counts against the balancer's limit for held bytes.
    var reserved = 0

    var canRepeat: Bool { !isSpent }
}

extension Balancer {
    /// Reads a body to its end if it is small, else its beginning. Throws what the customer did wrong.
    func readBody(_ exchange: HTTPExchange, _ framing: BodyFraming) async throws(Failure) -> RequestBody {
        var body = RequestBody()
        switch framing {
        case .none, .untilClose: return body
        case .length(let count):
            body.length = count
            guard count <= options.heldBody, heldBytes + count <= options.heldTotal else {
                body.streams = true
                return body
            }
            body.held.reserveCapacity(count)
        case .chunked: break
        }
        do throws(Failure) {
            while let chunk = try await exchange.nextChunk() {
                body.held += chunk
                body.reserved += chunk.count
                heldBytes += chunk.count
                if body.length == nil, body.held.count > options.heldBody || heldBytes > options.heldTotal {
                    body.streams = true
                    return body
                }
            }
        } catch {
            release(body)
            throw error
        }
        if body.length == nil { body.length = body.held.count }
        return body
    }

    func release(_ body: RequestBody) { heldBytes -= body.reserved }
}
