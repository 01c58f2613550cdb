// The least server our engine can be asked for: 100 bytes to whoever asks. Scripts/bench http measures it.
//
//   bench-http PORT [LOOPS [CERTIFICATE KEY [TICKET-KEYS]]]      at 127.0.0.1:PORT, TLS when given a certificate
import Engine
import Glibc
import Logging
import Wire

struct Hundred: HTTPHandler {
    private let answer = HTTPResponse.text(String(repeating: "x", count: 100))

    func handle(_ exchange: HTTPExchange) async { await exchange.respond(answer) }
}

let arguments = CommandLine.arguments
guard arguments.count > 1, let port = Int(arguments[1]) else {
    print("usage: bench-http PORT [LOOPS]")
    exit(64)
}
var loops: [EventLoop] = []
for number in 0..<(arguments.count > 2 ? Int(arguments[2]) ?? 1 : 1) {
    loops.append(try EventLoop.start(name: "loop-\(number)"))
}
let server = HTTPServer(loops: loops, log: Logger(label: "bench")) { _ in Hundred() }
let tls = try arguments.count < 5 ? nil : TLSServerContext(
    certificateFile: arguments[3], keyFile: arguments[4], ticketKeyFile: arguments.count > 5 ? arguments[5] : nil,
    http2: true)
server.listen(try Listener.open(.tcp(host: "127.0.0.1", port: port)), tls: tls)
while true { pause() }
