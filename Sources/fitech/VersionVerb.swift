// `fitech version`: which release this program is.
import ArgumentParser
import Control

struct VersionVerb: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Print the release of this program.")

    func run() { print("fitech \(Release.text)") }
}
