import Foundation
import Identifiers
import Sealing

/// Marks of devices: a login gives one to its device, which shows it at the next login. What it guesses is counted by itself. So somebody in
/// the same network, such as an office, locks out strangers there, and not the person's own device.
///
/// A mark proves nothing but an earlier login from the device. It is sealed for its address, so that nobody can make one, and nothing has to
/// be stored.
struct DeviceMarks: Sendable {
    let keys: SealingKeys

    func new(for email: String, at now: Date) throws -> String {
        let text = "\(UUID().uuidString) \(Int(now.timeIntervalSince1970))"
        return Data(try keys.seal(text, for: Self.context(email))).base64EncodedString()
    }

    /// The device that shows the mark; `nil` if it is none of this address, or too old.
    func device(_ mark: String?, of email: String, at now: Date) -> String? {
        guard let bytes = mark.flatMap({ Data(base64Encoded: $0) }),
            let parts = try? keys.open(Array(bytes), for: Self.context(email)).split(separator: " "),
            parts.count == 2, let issued = TimeInterval(parts[1]),
            now.timeIntervalSince1970 - issued < LoginAttempts.networkMemory
        else { return nil }
        return String(parts[0])
    }

    private static func context(_ email: String) -> String { "device of \(email.lowercased())" }
}
