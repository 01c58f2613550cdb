// The program of a data node, from start to end.
import Control
import Engine
import Nodes
import Wire

package enum DataProgram {
    /// Runs until the node is told to stop. Throws when the node cannot begin its work at all.
    package static func run(_ node: Node) async throws {
        try await run(node, options: DataOptions())
    }

    package static func run(_ node: Node, options: DataOptions) async throws {
        DataNode.raiseDescriptorLimit()
        let data = DataNode(node: node, options: options)
        try data.checkDirectory()
        let store = data.store
        if node.entry?.role == .backup {
            store.role.set(.backup)
        } else {
            try await data.servePrimary()
        }
        try node.serve { loop in
            let room = DataRoom(store: store)
            return DataHandler(node: node, room: room, duties: Duties(data: data, client: HTTPClient(loop: loop)))
        }
        node.setReady()
        if store.role.mayWrite {
            node.loops[0].spawn { _ in await DataRoom(store: store).sweep() }
        }
        await node.untilStopped()
        await node.close()
        await store.stop()
    }
}
