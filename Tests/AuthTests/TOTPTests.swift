import Foundation
import TestSupport
import Testing

@testable import Auth

/// One-time codes, without a database.
@Suite struct TOTPTests {
    private static let secret = Array("12345678901234567890".utf8)

    /// RFC 6238, appendix B (SHA-1, eight digits).
    @Test(
        arguments: [
            (59, "94287082"), (1_111_111_109, "07081804"), (1_111_111_111, "14050471"), (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"), (20_000_000_000, "65353130"),
        ] as [(TimeInterval, String)]
    )
    func codesAreThoseOfTheStandard(time: TimeInterval, code: String) {
        let step = TOTP.step(at: Date(timeIntervalSince1970: time))
        #expect(TOTP.code(Self.secret, step: step, digits: 8) == code)
        #expect(TOTP.code(Self.secret, step: step) == code.suffix(6))
    }

    /// RFC 4648, section 10.
    @Test(arguments: [
        ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"),
        ("foobar", "MZXW6YTBOI"),
    ])
    func secretsAreWrittenInBase32(text: String, base32: String) {
        #expect(Base32.text(Array(text.utf8)) == base32)
    }

    @Test func aCodeIsRightInItsStepAndTheOnesBesideIt() {
        let now = Date(timeIntervalSince1970: 1_234_567_890)
        let current = TOTP.step(at: now)
        for offset in Int64(-3)...3 {
            let code = TOTP.code(Self.secret, step: current + offset)
            let step = TOTP.step(of: code, Self.secret, at: now, after: .min)
            #expect(step == (abs(offset) <= 1 ? current + offset : nil), "\(offset)")
        }
        let code = TOTP.code(Self.secret, step: current)
        for wrong in ["", "0", String(code.dropLast()), code + "0", "abcdef"] {
            #expect(TOTP.step(of: wrong, Self.secret, at: now, after: .min) == nil, "\(wrong)")
        }
        #expect(TOTP.step(of: code, Array(Self.secret.dropLast()) + [0], at: now, after: .min) == nil)
    }

    @Test func aUsedStepAndThoseBeforeItAreNotAcceptedAgain() {
        let now = Date(timeIntervalSince1970: 1_234_567_890)
        let current = TOTP.step(at: now)
        for offset in Int64(-1)...1 {
            let code = TOTP.code(Self.secret, step: current + offset)
            let step = TOTP.step(of: code, Self.secret, at: now, after: current)
            #expect(step == (offset == 1 ? current + 1 : nil), "\(offset)")
        }
    }

    /// An implementation that knows nothing of ours.
    @Test func codesAndURIsAgreeWithPython() async throws {
        var random = Seeded(0x70_7B)
        var lines: [String] = []
        for number in 0..<2000 {
            let secret = (0..<TOTP.secretLength).map { _ in UInt8.random(in: 0...255, using: &random) }
            let time = Int.random(in: 0...4_000_000_000, using: &random)
            let step = TOTP.step(at: Date(timeIntervalSince1970: TimeInterval(time)))
            lines.append("\(Base32.text(secret));\(time);\(TOTP.code(secret, step: step))")
            guard number < 100 else { continue }
            let account = ["anna@example.com", "o'brien+night shift@example.com", "ä&=?#/:%@example.com"][number % 3]
            lines.append("\(TOTP.uri(secret, account: account));\(Base32.text(secret));\(account)")
        }
        let file = FileManager.default.temporaryDirectory.appending(path: "totp-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
        _ = try await Python.run("Tests/Oracles/totp.py", [file.path], needs: "pyotp")
    }

    @Test func recoveryCodesAreReadAsPeopleTypeThem() throws {
        let codes = (0..<500).map { _ in RecoveryCode.new() }
        #expect(Set(codes).count == codes.count)
        for code in codes.prefix(50) {
            let plain = try #require(RecoveryCode.normalized(code))
            #expect(code.count == 29 && plain.count == 24)
            for typed in [code.lowercased(), plain, "  \(plain) ", code.replacing("-", with: " ")] {
                #expect(TypedCode(typed) == .recovery(plain), "\(typed)")
            }
            let alike = plain.replacing("0", with: "o").replacing("1", with: "l")
            #expect(TypedCode(alike) == .recovery(plain))
        }
        for (typed, code) in [("123456", "123456"), ("123 456", "123456"), ("123-456", "123456")] {
            #expect(TypedCode(typed) == .app(code))
        }
        for wrong in [
            "", "12345", "1234567", "\u{661}\u{662}\u{663}\u{664}\u{665}\u{666}", "UUUU-UUUU-UUUU-UUUU-UUUU-UUUU",
        ] {
            #expect(TypedCode(wrong) == nil, "\(wrong)")
        }
    }
}
