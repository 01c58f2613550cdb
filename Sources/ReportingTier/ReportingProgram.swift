// A reporting node: answers the corporate report from the newest restore point of the caller's customer, away from the primary.
import Engine
import Logging
import Nodes
import Storage

/// The program of a reporting node.
package enum ReportingProgram {
    /// Serves until the node is told to stop.
    package static func run(_ node: Node) async throws {
        try DurableFiles.makeDirectory(node.files)
        // One heavy question at a time, off the loop: a report may take seconds on a large customer, a health check must not.
        let threads = BlockingThreads(name: "reports", threads: 1, limit: 32)
        try node.serve { loop in ReportingHandler(node: node, loop: loop, threads: threads) }
        node.setReady()
        node.log.info("reporting node ready")
        await node.untilStopped()
        await node.close()
        threads.stop()
    }
}
