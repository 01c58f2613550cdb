// What a balancer must know of the site it serves, fixed while it runs.
import Control
import Wire

package struct Site: Sendable {
    /// The name people type.
    var name: [UInt8]
    /// Where clear requests are sent; nil: clear requests are served (a plain load balancer without `https`).
    var httpsPort: Int?
    var hosts: HostCheck
    var secure: Side
    var clear: Side

    /// What differs between clear and TLS. A class: it goes through every call of an exchange, and one reference is cheap to pass.
    final class Side: Sendable {
        let cookie: StickyCookie
        let requests: RequestRewriter
        let answers: AnswerRewriter

        init(isSecure: Bool, strictTransportSecurity: Int, upgrades: [String]) {
            let cookie = StickyCookie(isSecure: isSecure)
            self.cookie = cookie
            requests = RequestRewriter(isSecure: isSecure, cookie: cookie, upgrades: upgrades)
            answers = AnswerRewriter(strictTransportSecurity: isSecure ? strictTransportSecurity : 0)
        }
    }

    /// `httpsPort` is the real port of the https listener, nil when there is none.
    package init(name: String, aliases: [String] = [], httpsPort: Int?, acceptsAnyHost: Bool, options: BalancerOptions) {
        self.name = Array(name.utf8)
        self.httpsPort = httpsPort
        hosts = HostCheck(name: name, aliases: aliases, acceptsAny: acceptsAnyHost)
        secure = Side(isSecure: true, strictTransportSecurity: options.strictTransportSecurity, upgrades: options.upgrades)
        clear = Side(isSecure: false, strictTransportSecurity: 0, upgrades: options.upgrades)
    }

    /// The same place over https (RFC 9110 15.4.9: 308 keeps the method). Built from parsed parts; the path and query are as they came.
    func httpsLocation(_ head: RequestHead) -> String {
        var out = Array("https://".utf8)
        out += head.hostBytes.isEmpty ? name[...] : head.hostBytes
        if let port = httpsPort, port != 443 { out += Array(":\(port)".utf8) }
        let target = head.originTargetBytes
        if target.first == UInt8(ascii: "/") { out += target } else { out.append(UInt8(ascii: "/")) }
        return String(decoding: out, as: UTF8.self)
    }
}
