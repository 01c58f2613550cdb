// OCSP responses: which may be stapled (RFC 6960), and when the responder is asked.
import COpenSSL
import Engine
import Foundation
import Testing
import Wire

@testable import Supervision

@Suite struct OCSPTests {
    private let outside: OutsideAuthority
    private let leaf: Certificate
    private let question: OCSP.Question
    private let now = Int64(Clock.seconds())

    init() throws {
        outside = try OutsideAuthority()
        leaf = try outside.sign(try KeyPair.make(), ["shop.example"])
        question = try #require(try OCSP.question(pem: try leaf.pem() + outside.intermediate.certificate.pem()))
    }

    /// A responder's answer about `about`, signed by `signer`.
    private func answer(
        _ status: Int32 = V_OCSP_CERTSTATUS_GOOD, about: Certificate? = nil, signer: (certificate: Certificate, key: KeyPair)? = nil, from: Int = -60, until: Int? = 7200
    ) throws -> [UInt8] {
        let signer = signer ?? outside.intermediate
        let basic = try #require(OCSP_BASICRESP_new())
        defer { OCSP_BASICRESP_free(basic) }
        let id = OCSP_cert_to_id(EVP_sha1(), (about ?? leaf).pointer, outside.intermediate.certificate.pointer)
        defer { OCSP_CERTID_free(id) }
        let start = X509_gmtime_adj(nil, from), end = until.flatMap { X509_gmtime_adj(nil, $0) }, revoked = X509_gmtime_adj(nil, -3600)
        defer { for time in [start, end, revoked] { ASN1_TIME_free(time) } }
        #expect(OCSP_basic_add1_status(basic, id, status, 0, status == V_OCSP_CERTSTATUS_REVOKED ? revoked : nil, start, end) != nil)
        #expect(OCSP_basic_sign(basic, signer.certificate.pointer, signer.key.pointer, EVP_sha256(), nil, 0) == 1)
        let response = try #require(OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic))
        defer { OCSP_RESPONSE_free(response) }
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = i2d_OCSP_RESPONSE(response, &bytes)
        defer { CRYPTO_free(bytes, #file, 0) }
        return Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
    }

    @Test func `a good answer of the issuer may be stapled until its next update`() throws {
        let staple = try OCSP.judge(try answer(), to: question, now: now)
        #expect(abs(staple.until - (now + 7200)) <= 2)
        #expect(Staple(file: staple.file) == staple)
    }

    @Test func `without a next update it is stapled for an hour`() throws {
        #expect(try OCSP.judge(try answer(until: nil), to: question, now: now).until == now + 3600)
    }

    @Test func `an answer that is revoked, unknown, stale, early, another's, forged or none is not stapled`() throws {
        let other = try outside.sign(try KeyPair.make(), ["other.example"])
        let stranger = try OutsideAuthority()
        for (bytes, code) in [
            (try answer(V_OCSP_CERTSTATUS_REVOKED), "certificate-revoked"), (try answer(V_OCSP_CERTSTATUS_UNKNOWN), "ocsp"), (try answer(from: -7200, until: -3600), "ocsp"),
            (try answer(from: 3600), "ocsp"), (try answer(about: other), "ocsp"), (try answer(signer: stranger.intermediate), "ocsp"), ([], "ocsp"), ([0x30, 3, 10, 1, 3], "ocsp"),
            (Array("HTTP/1.1 200".utf8), "ocsp"),
        ] {
            let error = #expect(throws: Failure.self) { try OCSP.judge(bytes, to: question, now: now) }
            #expect(error?.code == code)
        }
        var changed = try answer()
        changed[150] ^= 1  // in what is signed; the signer's certificate stands behind
        #expect(throws: Failure.self) { try OCSP.judge(changed, to: question, now: now) }
    }

    @Test func `without its issuer's certificate nothing can be asked`() throws {
        #expect(try OCSP.question(pem: try leaf.pem()) == nil)
    }

    @Test func `a staple is renewed when half its life is over, and a silent responder is asked less and less often`() {
        var plan = StaplePlan(found: nil, fetched: 0, now: 1000)
        #expect(plan.isDue(1000) && plan.word == "none yet")
        plan.fetched(Staple(until: 11_000, response: [0x30]), now: 1000)
        #expect(!plan.isDue(5999) && plan.isDue(6000) && plan.word == "stapled")
        var pauses: [Int64] = [], at: Int64 = 6000
        for _ in 0..<9 {
            plan.failed(isRevoked: false, now: at)
            pauses.append(plan.next - at)
            at = plan.next
        }
        #expect(pauses == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600])
        plan.fetched(Staple(until: at + 100, response: [0x30]), now: at)
        #expect(plan.failures == 0 && plan.word == "stapled")
        plan.failed(isRevoked: true, now: at + 50)
        #expect(plan.word == "revoked")
    }

    @Test func `a staple found at the start is renewed by the time it was fetched`() {
        let plan = StaplePlan(found: Staple(until: 2000, response: [0x30]), fetched: 1000, now: 1200)
        #expect(!plan.isDue(1499) && plan.isDue(1500))
    }
}
