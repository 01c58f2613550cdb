// The stickiness cookie is found among others and never reaches a node.
import Testing

@testable import BalancerTier

struct StickyCookieTests {
    private func takeOut(_ text: String, isSecure: Bool = true) -> (rest: String, token: String?) {
        let value = Array(text.utf8)
        var rest: [UInt8] = []
        let found = StickyCookie(isSecure: isSecure).takeOut(of: value[...], into: &rest)
        return (String(decoding: rest, as: UTF8.self), found.map { String(decoding: value[$0], as: UTF8.self) })
    }

    @Test(arguments: [
        ("__Host-fitech-node=abc", "", "abc"),
        ("a=1; __Host-fitech-node=abc; b=2", "a=1; b=2", "abc"),
        ("a=1;__Host-fitech-node=abc", "a=1", "abc"),
        ("__Host-fitech-node=abc;b=2", "b=2", "abc"),
        ("__Host-fitech-node=one; __Host-fitech-node=two; c=3", "c=3", "one"),
        ("__Host-fitech-node=", "", ""),
    ])
    func `our cookie is taken out, the others stay in order`(value: String, rest: String, token: String) {
        #expect(takeOut(value) == (rest, token))
    }

    @Test(arguments: ["a=1; b=2", "__Host-fitech-nodes=1", "x__Host-fitech-node=1", "__host-fitech-node=1", "__Host-fitech-node", "fitech-node=1"])
    func `what only looks like our cookie is somebody else's`(value: String) {
        #expect(takeOut(value) == (value, nil))
    }

    @Test func `empty parts are dropped, clear proxying uses a name without the prefix`() {
        #expect(takeOut("; ;a=1;;") == ("a=1", nil))
        #expect(takeOut("fitech-node=x", isSecure: false) == ("", "x"))
        let text = String(decoding: StickyCookie(isSecure: true).setCookie(Array("t".utf8)), as: UTF8.self)
        #expect(text == "__Host-fitech-node=t; Path=/; Secure; HttpOnly; SameSite=Lax")
        #expect(String(decoding: StickyCookie(isSecure: false).setCookie([]), as: UTF8.self) == "fitech-node=; Path=/; HttpOnly; SameSite=Lax")
    }
}
