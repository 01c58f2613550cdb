// A customer's colour and logo: who sets them, who sees them, what is refused.
import Control
import Procedures
import Storage
import Testing
import Wire
@testable import DataTier

struct BrandingTests {
    private static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + Array(repeating: 7, count: 200)

    private func setLogo(_ house: House, _ bytes: [UInt8], as token: String) async throws -> Branding {
        var asked = SetLogo()
        asked.bytes = bytes
        return try await house.call(asked, as: token)
    }

    private func logo(_ house: House, _ name: String, as token: String) async throws -> ReadLogo.Answer {
        var asked = ReadLogo()
        asked.logo = name
        return try await house.call(asked, as: token)
    }

    @Test func `colour and logo come with the person of every answer, for all of the customer and nobody else`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        var set = SetBranding()
        set.colour = " #7A1F5C "
        #expect(try await house.call(set, as: tokens["clinic/administrator"]!).colour == "#7a1f5c")
        let named = try await setLogo(house, Self.png, as: tokens["clinic/administrator"]!).logo
        let name = try #require(named)
        for role in ["administrator", "super-operator", "operator", "subject"] {
            let branding = try await house.call(WhoAmI(), as: tokens["clinic/\(role)"]!).branding
            #expect(branding?.colour == "#7a1f5c" && branding?.logo == name)
            #expect(try await house.call(WhoAmI(), as: tokens["club/\(role)"]!).branding == nil)
        }
        #expect(try await house.call(WhoAmI(), as: tokens["staff/support"]!).branding == nil)
        let read = try await logo(house, name, as: tokens["clinic/subject"]!)
        #expect(read.bytes == Self.png && read.type == "image/png")
        #expect(await failure { _ = try await logo(house, name, as: tokens["club/administrator"]!) }?.status == 404)
        #expect(await failure { _ = try await logo(house, "other", as: tokens["clinic/subject"]!) }?.status == 404)
        #expect(try await setLogo(house, [], as: tokens["clinic/administrator"]!).logo == nil)
        set.colour = ""
        _ = try await house.call(set, as: tokens["clinic/administrator"]!)
        #expect(try await house.call(WhoAmI(), as: tokens["clinic/administrator"]!).branding == nil)
        await house.close()
    }

    @Test func `what is no colour, no picture or too large is refused with what to do`() async throws {
        let house = try await House()
        let admin = try await house.everybody()["clinic/administrator"]!
        for colour in ["red", "#fff", "#12345g", "#1234567", "url(x)", "#7a1f5c;"] {
            var set = SetBranding()
            set.colour = colour
            let asked = set
            #expect(await failure { _ = try await house.call(asked, as: admin) }?.fields.map(\.field) == ["colour"], "\(colour)")
        }
        // What lies in a customer's file from elsewhere is no picture because it says so.
        let file = try #require(house.store.customer("clinic")).file
        _ = try await house.store.write(file) { try $0.execute("INSERT INTO branding (one, colour, logo, bytes) VALUES (1, '</style>', 'x', ?)", Array("<html>".utf8)) }
        #expect(await failure { _ = try await logo(house, "x", as: admin) }?.status == 404)
        for bytes in [Array("<svg onload=alert(1)>".utf8), Array("<html>".utf8), Self.png + Array(repeating: 0, count: SetLogo.largest)] {
            #expect(await failure { _ = try await setLogo(house, bytes, as: admin) }?.fields.map(\.field) == ["logo"])
        }
        await house.close()
    }
}
