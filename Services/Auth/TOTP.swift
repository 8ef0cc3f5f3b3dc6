import Crypto
import Foundation

/// One-time codes that follow the clock (TOTP, RFC 6238): HMAC-SHA-1, six digits, steps of 30 seconds. Authenticator apps agree only on
/// these.
enum TOTP {
    static let period: TimeInterval = 30
    static let digits = 6
    /// How many steps a phone's clock can be off, in both directions.
    static let window: Int64 = 1
    /// As RFC 4226 recommends (section 4, R6): 160 bits.
    static let secretLength = 20

    static func newSecret() -> [UInt8] { (0..<secretLength).map { _ in UInt8.random(in: 0...255) } }

    /// The number of the step that a time lies in.
    static func step(at time: Date) -> Int64 { Int64((time.timeIntervalSince1970 / period).rounded(.down)) }

    /// The code of a step (RFC 4226, section 5.3).
    static func code(_ secret: [UInt8], step: Int64, digits: Int = digits) -> String {
        let counter = withUnsafeBytes(of: step.bigEndian) { Array($0) }
        let hash = Array(HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: SymmetricKey(data: secret)))
        let offset = Int(hash[19] & 0x0F)
        let number = hash[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let modulus = (0..<digits).reduce(UInt32(1)) { power, _ in power * 10 }
        let text = String(number % modulus)
        return String(repeating: "0", count: digits - text.count) + text
    }

    /// The step that a typed code belongs to; `nil` if it is wrong.
    ///
    /// All steps and digits are compared, whatever was typed: the time that it takes tells nothing.
    ///
    /// - Parameter last: The step of the newest code that was accepted. Its code, and those before it, are wrong now: somebody may have
    ///   looked over the person's shoulder.
    static func step(of typed: String, _ secret: [UInt8], at now: Date, after last: Int64) -> Int64? {
        let current = step(at: now)
        let typed = Array(typed.utf8)
        var found: Int64?
        for step in current - window...current + window {
            let right = Array(code(secret, step: step).utf8)
            let differs = typed.count != right.count || zip(typed, right).reduce(0) { $0 | ($1.0 ^ $1.1) } != 0
            if !differs, step > last { found = step }
        }
        return found
    }

    /// What an authenticator app reads from a QR code (Google's key URI format).
    static func uri(_ secret: [UInt8], account: String) -> String {
        let unreserved = CharacterSet(charactersIn: "-._~").union(.alphanumericsASCII)
        let name = account.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
        let (digits, period) = (TOTP.digits, Int(TOTP.period))
        return """
            otpauth://totp/dCMMS:\(name)?secret=\(Base32.text(secret))&issuer=dCMMS&algorithm=SHA1&digits=\(digits)&period=\(period)
            """
    }
}

/// Base 32 without padding (RFC 4648, section 6), in which authenticator apps take secrets.
enum Base32 {
    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")

    static func text(_ bytes: [UInt8]) -> String {
        var text = ""
        var (bits, count) = (0, 0)
        for byte in bytes {
            (bits, count) = (bits << 8 | Int(byte), count + 8)
            while count >= 5 {
                count -= 5
                text.append(letters[bits >> count & 31])
            }
            bits &= (1 << count) - 1
        }
        if count > 0 { text.append(letters[bits << (5 - count) & 31]) }
        return text
    }
}

extension CharacterSet {
    fileprivate static let alphanumericsASCII = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    )
}
