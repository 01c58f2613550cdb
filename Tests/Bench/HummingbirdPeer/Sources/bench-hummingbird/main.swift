// 100 bytes to whoever asks, by Hummingbird on one event loop: bench-hummingbird PORT
import Hummingbird
import Logging
import NIOPosix

let port = Int(CommandLine.arguments.dropFirst().first ?? "") ?? 8080
let router = Router()
let answer = String(repeating: "x", count: 100)
router.get("/") { _, _ in answer }
var logger = Logger(label: "hummingbird")
logger.logLevel = .error
let application = Application(
    router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)),
    eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup(numberOfThreads: 1)), logger: logger)
try await application.runService()
