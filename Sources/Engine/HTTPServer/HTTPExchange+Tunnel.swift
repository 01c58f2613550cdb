// What becomes of an exchange whose answer is 101, and of one whose client leaves while a node is silent.
import Wire

extension HTTPExchange {
    /// Passes a node's 101 on and relays bytes both ways until the tunnel ends, however it does. `head` holds the fields for the
    /// client without those of the connection; `upstream` is the exchange whose head was that 101.
    ///
    /// Bytes the client sent behind its request go to the node now and not before; had the node answered otherwise, they would
    /// be the next request (CVE-2025-4366, CVE-2026-2833).
    package func tunnel(_ head: ResponseHead, to name: ArraySlice<UInt8>, through upstream: ClientExchange, options: TunnelOptions) async {
        guard let node = upstream.takeTunnel() else { return upstream.abandon() }
        defer { node.close() }
        guard becomeTunnel() else { return }
        var out: [UInt8] = []
        HeadWriter.statusLine(.switchingProtocols, into: &out)
        head.fields.write(into: &out)
        HeadWriter.append("Connection: Upgrade\r\nUpgrade: ", to: &out)
        out += name
        HeadWriter.append("\r\n\r\n", to: &out)
        guard await server.connection.sendAll(out, pace: server.share.limits.write) else { return }
        let tunnel = Tunnel(customer: server.connection, node: node.connection, options: options, loop: loop)
        tunnel.preload(fromCustomer: &server.buffer, server.start, server.end)
        tunnel.preload(fromNode: &node.buffer, node.start, node.end)
        (server.start, server.end, node.start, node.end) = (0, 0, 0, 0)
        _ = await tunnel.run()
        answeredBytes = tunnel.downBytes
    }

    /// Gives `upstream` up as soon as the client ends its side, even while nothing is sent to it. For answers that may be silent
    /// for long and whose clients have nothing more to say: others may end their side and still want their answer.
    package func abandonWhenClientLeaves(_ upstream: ClientExchange) {
        if let stream { return stream.abandonWhenClientLeaves(upstream) }
        if server.connection.hasEnded { upstream.abandon() }
        server.connection.dependent = upstream
    }

    /// Whether the client has ended its side, so that nobody may be there to read an answer.
    package var clientHasLeft: Bool { stream?.clientHasLeft ?? server.connection.hasEnded }

    /// The client may leave again without consequence.
    package func stopWatchingClient() {
        if let stream { return stream.abandonWhenClientLeaves(nil) }
        server.connection.dependent = nil
    }
}
