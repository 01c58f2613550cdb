// The program of a management node, from start to end.
import Engine
import Nodes

package enum ManagementProgram {
    /// Runs until the node is told to stop. Throws when it cannot begin its work at all.
    package static func run(_ node: Node) async throws {
        let watch = try await Watch.open(node)
        try node.serve { _ in ManagementHandler(node: node, watch: watch) }
        node.onFleetChange { fleet in
            await watch.follow(fleet)
            return []
        }
        await watch.start()
        node.setReady()
        await node.untilStopped()
        // Probing ends first: while a fleet stops as a whole its nodes go one by one, and that is no outage.
        await watch.stop()
        await node.close()
    }
}
