// The program of a data node, from start to end.
import Control
import Engine
import Nodes
import Passkeys
import Wire

package enum DataProgram {
    /// Runs until the node is told to stop. Throws when the node cannot begin its work at all.
    package static func run(_ node: Node) async throws {
        var options = DataOptions()
        options.support = node.configuration.support
        options.community = node.configuration.community
        options.apiRequestsPerMinute = node.configuration.apiRequestsPerMinute
        options.binLife = .seconds(node.configuration.recycleBinDays * 86_400)
        let configuration = node.configuration
        options.passkeyOrigins = PasskeyOrigins(name: configuration.name, aliases: configuration.aliases, publicURL: PublicURL.of(configuration))
        options.webhooksInside = node.configuration.webhooks.inside
        try await run(node, options: options)
    }

    package static func run(_ node: Node, options: DataOptions) async throws {
        let data = DataNode(node: node, options: options)
        try data.checkDirectory()
        let store = data.store
        try node.serve { loop in
            let room = DataRoom(store: store)
            return DataHandler(node: node, room: room, duties: Duties(data: data, client: HTTPClient(loop: loop)))
        }
        // The listener is open before the role is known: data nodes that start together ask each other.
        try await node.loops[0].run { loop in try await data.begin(HTTPClient(loop: loop)) }
        node.setReady()
        node.loops[0].spawn { loop in
            if store.role.mayWrite { await DataRoom(store: store).sweep() }
            let client = HTTPClient(loop: loop)
            while !node.isStopping, store.role.now == .starting {
                await data.settlePending(client)
                await loop.sleep(.milliseconds(200))
            }
        }
        node.loops[0].spawn { loop in await DataRoom(store: store).watchTickets(loop) { node.isStopping } }
        node.loops[0].spawn { loop in await DataRoom(store: store).watchBacklogs(loop) { node.isStopping } }
        node.loops[0].spawn { loop in await DataRoom(store: store).watchIndexes(loop) { node.isStopping } }
        node.loops[0].spawn { loop in await DataRoom(store: store).watchTraces(loop) { node.isStopping } }
        node.loops[0].spawn { loop in await DataRoom(store: store).watchSchedules(loop) { node.isStopping } }
        node.loops[0].spawn { loop in await data.watchRole(loop) }
        node.loops[0].spawn { loop in await data.runSchedule(loop) }
        for number in 0..<max(1, options.exportsAtOnce) {
            node.loops[0].spawn { loop in await ExportMaker(data: data, number: number, loop: loop).run() }
        }
        await node.untilStopped()
        await node.close()
        await store.stop()
    }
}
