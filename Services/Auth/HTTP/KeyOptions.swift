import Commands
import Foundation
import ServiceKit

/// What a browser's `navigator.credentials.create` is asked with (Web Authentication, `PublicKeyCredentialCreationOptionsJSON`).
struct KeyCreationOptions: Answer, Codable, Hashable {
    struct Party: Codable, Hashable, Sendable {
        var id: String
        var name = "dCMMS"
    }

    struct Person: Codable, Hashable, Sendable {
        var id: String
        var name: String
        var displayName: String
    }

    struct Parameters: Codable, Hashable, Sendable {
        var type = "public-key"
        /// In COSE.
        var alg: Int
    }

    struct Selection: Codable, Hashable, Sendable {
        /// The person has typed their address before, so the key need not know it.
        var residentKey = "discouraged"
        /// The password was right before.
        var userVerification = KnownKey.userVerification
    }

    var rp: Party
    var user: Person
    var challenge: String
    var pubKeyCredParams: [Parameters]
    /// In milliseconds.
    var timeout = KnownKey.timeout
    /// A key that is registered already is not offered.
    var excludeCredentials: [KnownKey]
    var authenticatorSelection = Selection()
    /// No statement of the maker's: no list of makers is kept, and people need not tell what they use.
    var attestation = "none"
}

/// What a browser's `navigator.credentials.get` is asked with (Web Authentication, `PublicKeyCredentialRequestOptionsJSON`).
struct KeyRequestOptions: Answer, Codable, Hashable {
    var challenge: String
    /// In milliseconds.
    var timeout = KnownKey.timeout
    var rpId: String
    var allowCredentials: [KnownKey]
    var userVerification = KnownKey.userVerification
}

/// One of a person's keys, for the browser to find it.
struct KnownKey: Codable, Hashable, Sendable {
    var id: String
    var type = "public-key"
    var transports: [String]

    static let timeout = Int(KeyPurpose.lifetime) * 1000
    static let userVerification = "discouraged"
}
