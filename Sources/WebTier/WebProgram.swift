// The web node: pages and API on the node's private listener, one handler per loop, nothing kept between requests.
import Engine
import Nodes

package enum WebProgram {
    /// Serves until the node is told to stop; exchanges under way are finished first. Sessions live in the data tier, so
    /// any web node can answer any request and losing one signs nobody out.
    package static func run(_ node: Node) async throws {
        try node.serve { loop in WebHandler(node: node, loop: loop) }
        node.setReady()
        await node.untilStopped()
        await node.close()
    }
}
