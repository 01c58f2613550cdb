// `fitech web`: one web node by itself.
import ArgumentParser
import Control
import WebTier

struct WebVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "web", abstract: "Run one web node.")

    @OptionGroup var options: NodeOptions

    func run() async throws {
        await options.run(.web) { node in try await WebProgram.run(node) }
    }
}
