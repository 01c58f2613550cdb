// Calls procedures: finds the node that answers them, waits while it restarts, retries only what is safe.

import Control
import Engine
import Nodes
import Procedures
import Wire

/// The answer of a procedure.
package struct ProcedureReply<Answer: Record>: Sendable {
    package var answer: Answer
    /// Whether this was the answer to an earlier call with the same replay id.
    package var replayed: Bool
    /// Of the caller, where requests are counted.
    package var allowance: Allowance?
}

/// One per loop; its connections belong to that loop.
package final class ProcedureClient {
    private let node: Node
    let loop: EventLoop
    let client: HTTPClient
    private var endpoints: [String: Endpoint] = [:]

    /// How long a call may wait for a primary that restarts, before it is a failure.
    package var patience: Duration = .seconds(8)
    /// How long one answer may take.
    package var timeout: Duration = .seconds(30)
    /// How long a whole list may take to be put together.
    package var gathering: Duration = .seconds(300)
    /// The largest answer taken.
    package var limit = 64 << 20

    package init(node: Node, loop: isolated EventLoop) {
        (self.node, self.loop) = (node, loop)
        client = HTTPClient(loop: loop, options: HTTPClientOptions())
    }

    /// Calls a procedure on the primary data node.
    ///
    /// - Parameters:
    ///   - session: the token of the person the call is made for.
    ///   - replay: the replay id of the customer's request: with it a write may be sent again after a lost answer.
    package func call<P: Procedure>(
        _ procedure: P, session: String? = nil, requestID: String? = nil, replay: String? = nil
    ) async throws(Failure) -> P.Answer {
        try await reply(to: procedure, session: session, requestID: requestID, replay: replay).answer
    }

    /// The same, and whether the answer was given before.
    ///
    /// - Parameter counts: the call is a request of the API, of which a person may make so many a minute.
    /// - Parameter tier: whose node answers: the primary data node, or the reporting node for reports.
    package func reply<P: Procedure>(
        to procedure: P, on tier: Tier = .data, session: String? = nil, requestID: String? = nil, replay: String? = nil, counts: Bool = false
    ) async throws(Failure) -> ProcedureReply<P.Answer> {
        var fields = HTTPFields()
        fields.add("content-type", CompactCodec.mediaType)
        fields.add("accept", CompactCodec.mediaType)
        if let session { fields.add(ProcedureField.session, session) }
        if let requestID { fields.add("x-request-id", requestID) }
        if let replay { fields.add(ProcedureField.replay, replay) }
        if counts { fields.add(ProcedureField.counts, "api") }
        let body = CompactCodec.encode(procedure)
        let mayRepeat = P.kind == .read || replay != nil
        let deadline = ContinuousClock.now + patience
        var pause = Duration.milliseconds(20)
        while true {
            let failure: Failure
            do throws(Attempt) {
                let response = try await attempt(P.name, tier, fields, body)
                return ProcedureReply(
                    answer: try decode(P.Answer.self, response.body),
                    replayed: response.fields[ProcedureField.replayed] == "true",
                    allowance: response.fields[ProcedureField.allowance].flatMap { Allowance($0) })
            } catch {
                switch error {
                case .final(let reason): throw reason
                case .nothingReached(let reason): failure = reason
                case .lost(let reason):
                    guard mayRepeat else { throw reason }
                    failure = reason
                }
            }
            guard ContinuousClock.now + pause < deadline else { throw failure }
            await loop.sleep(pause)
            pause = min(pause * 2, .milliseconds(200))
        }
    }

    /// Why one attempt failed, as far as sending it again is concerned.
    enum Attempt: Error {
        case final(Failure)
        case nothingReached(Failure)
        case lost(Failure)
    }

    private func attempt(_ name: String, _ tier: Tier, _ fields: HTTPFields, _ body: [UInt8]) async throws(Attempt) -> HTTPResponse {
        guard let target = target(tier) else {
            let what = tier == .data ? "a primary data node" : "a \(tier.rawValue) node"
            let failure = Failure.unavailable("There is no \(what.dropFirst(2)) in the fleet.", after: 5, hint: tier == .reporting ? "This edition runs without one." : "Operations: promote a backup (fitech-ctl promote).")
            throw tier == .reporting ? .final(failure) : .nothingReached(failure)
        }
        let endpoint = try endpoint(target)
        let response: HTTPResponse
        do throws(HTTPClientFailure) {
            response = try await client.send(
                method: .post, target: "/procedures/\(name)", fields: fields, body: body, to: endpoint,
                timeout: timeout, limit: limit)
        } catch {
            let failure = Failure.unavailable("\(target.name) does not answer at the moment (\(error.reason)).", after: 2)
            throw error.reached == .nothing ? .nothingReached(failure) : .lost(failure)
        }
        if response.status.code == 200 { return response }
        throw refusal(response.status, response.body, from: target.name)
    }

    /// What a node that did not answer 200 says, and whether it may be asked again.
    func refusal(_ status: HTTPStatus, _ body: [UInt8], from name: String) -> Attempt {
        let failure = (try? JSON.parse(body)).flatMap(Failure.init(json:)) ?? .fault("\(name) answered \(status.code) in no form that is known.")
        // A node that is fenced or starting did nothing: it may be asked again, or its successor.
        // One that asks for a longer wait (a full disk, a damaged database) will say the same in a moment.
        if status.code == 503, failure.retry != .never, failure.retryAfter ?? 0 <= 5 { return .nothingReached(failure) }
        return .final(failure)
    }

    /// The primary data node and how to reach it.
    func primary() throws(Attempt) -> (name: String, endpoint: Endpoint) {
        guard let target = target(.data) else {
            throw .nothingReached(.unavailable("There is no primary data node in the fleet.", after: 5, hint: "Operations: promote a backup (fitech-ctl promote)."))
        }
        return (target.name, try endpoint(target))
    }

    /// What happened on the primary since a place, as topics; waits for the next up to half a minute. Nil topics: anything may have.
    package func happenings(after place: String?) async throws(Failure) -> (next: String, topics: [String]?) {
        do throws(Attempt) {
            let target = try primary(), query = place.map { "?after=\(PercentCoding.encode($0))" } ?? ""
            let response: HTTPResponse
            do throws(HTTPClientFailure) {
                response = try await client.send(method: .get, target: "/happenings\(query)", fields: HTTPFields(), body: [], to: target.endpoint, timeout: .seconds(40), limit: 1 << 20)
            } catch { throw .nothingReached(.unavailable("\(target.name) does not answer at the moment (\(error.reason)).", after: 2)) }
            guard response.status.code == 200, let json = try? JSON.parse(response.body), let next = json["next"]?.string else { throw refusal(response.status, response.body, from: target.name) }
            return (next, json["topics"]?.array?.compactMap(\.string))
        } catch {
            switch error { case .final(let failure), .nothingReached(let failure), .lost(let failure): throw failure }
        }
    }

    private func decode<R: Record>(_ type: R.Type, _ body: [UInt8]) throws(Attempt) -> R {
        do throws(Failure) { return try CompactCodec.decode(type, from: body) } catch { throw .final(error) }
    }

    private func target(_ tier: Tier) -> FleetNode? {
        let fleet = node.fleet
        return tier == .data ? fleet.primary : fleet.nodes(of: tier).first
    }

    private func endpoint(_ target: FleetNode) throws(Attempt) -> Endpoint {
        if let known = endpoints[target.address] { return known }
        do throws(Failure) {
            let endpoint = try node.endpoint(of: target)
            endpoints[target.address] = endpoint
            return endpoint
        } catch { throw .final(error) }
    }
}
