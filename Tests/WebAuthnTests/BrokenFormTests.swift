import Foundation
import TestSupport
import Testing

@testable import WebAuthn

/// What is broken is refused, whatever it is: nothing of it ends the process.
@Suite struct BrokenFormTests {
    private static func attestations() throws -> [[UInt8]] {
        try SoftKey.Algorithm.allCases.flatMap { algorithm in
            let key = try SoftKey(algorithm)
            let data = try key.data(withCredential: true)
            let client = key.clientData(key.kinds.registration, KeyTests.challenge)
            let signature = try key.signature(of: data, client)
            return [
                SoftKey.attestation(data),
                SoftKey.attestation(
                    data,
                    format: "packed",
                    [
                        (.text("alg"), .int(key.algorithm)), (.text("sig"), .bytes(signature)),
                    ]
                ),
            ]
        }
    }

    private func refuses(_ attestation: [UInt8], _ client: [UInt8]) -> Bool {
        do {
            _ = try KeyRegistration(clientData: client, attestationObject: attestation).verified(
                challenge: KeyTests.challenge,
                at: KeyTests.party
            )
            return false
        } catch {
            return true
        }
    }

    /// Each end is one byte too early.
    @Test func everyTruncatedRegistrationIsRefused() throws {
        let client = try SoftKey().clientData("webauthn.create", KeyTests.challenge)
        var count = 0
        for attestation in try Self.attestations() {
            for length in 0..<attestation.count {
                #expect(refuses(Array(attestation[..<length]), client), "\(length) of \(attestation.count)")
                count += 1
            }
            // And one too late.
            #expect(refuses(attestation + [0], client))
        }
        #expect(count > 1500)
        let whole = SoftKey.attestation(try SoftKey().data(withCredential: true))
        for length in 0..<client.count { #expect(refuses(whole, Array(client[..<length]))) }
    }

    /// Random bytes at random places. Most are refused; what passes has a change where it does not matter, such as in the key's id.
    @Test func tenThousandDamagedRegistrationsEndNothing() throws {
        let client = try SoftKey().clientData("webauthn.create", KeyTests.challenge)
        let attestations = try Self.attestations()
        var refused = 0
        for _ in 0..<10_000 {
            var bytes = attestations.randomElement()!
            for _ in 0..<Int.random(in: 1...4) {
                let place = Int.random(in: 0..<bytes.count)
                switch Int.random(in: 0..<4) {
                case 0: bytes[place] = .random(in: 0...255)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(.random(in: 0...255), at: place)
                default: bytes[place] ^= 1 << UInt8.random(in: 0..<8)
                }
            }
            if refuses(bytes, client) { refused += 1 }
        }
        #expect(refused > 5000)
    }

    @Test func damagedAnswersEndNothing() throws {
        for algorithm in SoftKey.Algorithm.allCases {
            let key = try SoftKey(algorithm)
            let data = try key.data(withCredential: false)
            for length in 0..<data.count {
                #expect(throws: KeyFault.self) {
                    try KeyTests.verify(key) { _, data, _ in data = Array(data[..<length]) }
                }
            }
            for length in 0..<64 {
                #expect(throws: KeyFault.self) {
                    try KeyTests.verify(key) { _, _, sig in sig = Array(sig[..<min(length, sig.count - 1)]) }
                }
            }
            for _ in 0..<1000 {
                let (place, bit) = (Int.random(in: 0..<data.count), UInt8.random(in: 0..<8))
                #expect(throws: KeyFault.self) { try KeyTests.verify(key) { _, data, _ in data[place] ^= 1 << bit } }
            }
        }
    }

    /// Things that readers of CBOR stumble over.
    @Test(
        arguments: [
            [0xFF], [0x9F, 0x01, 0xFF], [0xBF, 0xFF], [0x5F, 0x41, 0x01, 0xFF], [0xC0, 0x01], [0xF9, 0x3C, 0x00],
            [0x1C], [0x1F], [0xF8, 0x18], [0x61, 0xFF], [0xA2, 0x01, 0x02, 0x01, 0x03], [0x82, 0x01], [0xA1, 0x01],
            // Counts that nobody could hold.
            [0x9B, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
            [0xBB, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
            [0x5B, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
            [0x1B, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
            Array(repeating: 0x81, count: 100_000),
        ] as [[UInt8]]
    )
    func brokenCBORIsRefused(bytes: [UInt8]) {
        #expect(throws: KeyFault.malformed) {
            var reader = CBORReader(bytes[...])
            _ = try reader.value()
        }
    }

    @Test func whatAuthenticatorsSendIsRead() throws {
        var reader = CBORReader(
            [0xA3, 0x01, 0x39, 0x01, 0x00, 0x61, 0x61, 0x82, 0xF5, 0xF6, 0x43, 1, 2, 3, 0x18, 0x18, 9][...]
        )
        let value = try reader.value()
        #expect(
            value
                == .map([
                    .integer(1): .integer(-257), .text("a"): .array([.bool(true), .null]),
                    .bytes([1, 2, 3]): .integer(24),
                ])
        )
        #expect(Array(reader.rest) == [9])
    }

    @Test(arguments: [
        #"{"type":"webauthn.get","challenge":"x","challenge":"y","origin":"o"}"#,
        #"{"type":"webauthn.get","challenge":"x"}"#,
        #"{"type":"webauthn.get","challenge":1,"origin":"o"}"#, #"["type"]"#, "", "{", "\u{FEFF}{}",
        #"{"type":"webauthn.get","challenge":"x","origin":"o"} x"#,
        #"{"type":"webauthn.get","challenge":"x","origin":"o","crossOrigin":"false"}"#,
        #"{"type":"webauthn.get","challenge":"x","origin":"o","crossOrigin":null}"#,
        #"{"type":"webauthn.get","challenge":"x","origin":"o","more":"\#(String(repeating: "x", count: 5000))"}"#,
    ])
    func brokenClientDataIsRefused(text: String) {
        #expect(throws: KeyFault.malformed) { try ClientData(Array(text.utf8)) }
    }

    @Test func whatTheProtocolMayAddIsLeftOut() throws {
        let data = try ClientData(
            Array(#"{"type":"t","challenge":"c","origin":"o","other_keys_can_be_added_here":"x"}"#.utf8)
        )
        #expect(data.challenge == "c")
    }

    @Test func extensionsAreReadOver() throws {
        var key = try SoftKey()
        key.flags = 0x81
        let extensions = SoftCBOR.map([(.text("credProtect"), .int(2))]).encoded
        let data = try key.data(withCredential: true)
        #expect(try KeyTests.register(key, attestation: SoftKey.attestation(data + extensions)).id == key.id)
        // They were announced, and are not there, or are no map, or something follows.
        for rest in [[], [0x01], extensions + [0]] {
            #expect(throws: KeyFault.malformed) {
                _ = try KeyTests.register(key, attestation: SoftKey.attestation(data + rest))
            }
        }
    }

    @Test(arguments: [
        ("https://dcmms.example.com", "dcmms.example.com", "https://dcmms.example.com"),
        ("https://dcmms.example.com:443", "dcmms.example.com", "https://dcmms.example.com"),
        ("https://dcmms.example.com:8443", "dcmms.example.com", "https://dcmms.example.com:8443"),
        ("http://localhost:8080", "localhost", "http://localhost:8080"),
        ("http://localhost:80", "localhost", "http://localhost"),
        ("http://app.localhost", "app.localhost", "http://app.localhost"),
    ])
    func aPartyIsTheHostOfTheInstallation(url: String, id: String, origin: String) throws {
        let party = try #require(RelyingParty(url: url))
        #expect(party.id == id && party.origin == origin)
    }

    @Test(arguments: [
        "http://dcmms.example.com", "https://192.0.2.7", "https://192.0.2.7:8443", "http://127.0.0.1:8080",
        "https://[::1]",
        "https://", "ftp://localhost", "", "https://a:b:c", "https://exa mple.com", "https://example.com.",
    ])
    func browsersHaveNoKeysElsewhere(url: String) { #expect(RelyingParty(url: url) == nil) }
}
