// Operations of the API: an organisation's look.
import Engine
import Procedures
import Wire

extension APIRoute {
    static func branding() -> [APIRoute] {
        let answer = RecordSchema.of(Branding.self)
        return [
            APIRoute(.get, "/organisation/branding", tag: "Organisation", "The organisation's colour, and the name of its logo; for its administrators.", answer: answer) { api throws(Failure) in
                APIAnswer(try await api.call(ShowBranding()).branding)
            },
            APIRoute(.put, "/organisation/branding", tag: "Organisation", "Sets the colour, like `#7a1f5c`; empty for the portal's own. For administrators.", body: .json(schema(SetBranding.self)), answer: answer) { api throws(Failure) in
                APIAnswer(try await api.call(try await api.read(SetBranding.self)))
            },
            APIRoute(.put, "/organisation/logo", tag: "Organisation", "Sets the logo: PNG, JPEG, WebP or GIF of at most 256 KB. For administrators.", body: .bytes, answer: answer) { api throws(Failure) in
                var call = SetLogo()
                call.bytes = try await api.body(type: "application/octet-stream", limit: SetLogo.largest)
                guard !call.bytes.isEmpty else { throw .unacceptable([.init(field: "logo", reason: "The picture is empty.", hint: "Send its bytes, or DELETE to take it away.")]) }
                return APIAnswer(try await api.call(call))
            },
            APIRoute(.delete, "/organisation/logo", tag: "Organisation", "Takes the logo away. For administrators.", answer: answer) { api throws(Failure) in
                APIAnswer(try await api.call(SetLogo()))
            },
        ]
    }
}
