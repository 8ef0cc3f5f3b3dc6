import Commands
import Crypto
import Foundation

/// What the browser says of a question that it put to a key (Web Authentication, section 5.8.1). The key signs its hash.
public struct ClientData: Hashable, Sendable {
    /// What was asked.
    public enum Kind: String, Sendable {
        case registration = "webauthn.create"
        case assertion = "webauthn.get"
    }

    /// The question that was answered, in base64url: of the party's own questions it has to be one that is still open.
    public let challenge: String
    private let type: String
    private let origin: String
    private let isCrossOrigin: Bool
    let hash: [UInt8]

    /// Reads it strictly: a name that is there twice would mean one thing to us, and another one to somebody else. What later versions of the
    /// protocol add is left out.
    ///
    /// - Throws: ``KeyFault/malformed``.
    public init(_ bytes: [UInt8]) throws(KeyFault) {
        guard bytes.count <= 4096, let json = try? JSONReader.read(bytes), let type = json["type"]?.text,
            let challenge = json["challenge"]?.text, let origin = json["origin"]?.text
        else { throw .malformed }
        switch json["crossOrigin"] {
        case nil, .bool(false)?: isCrossOrigin = false
        case .bool(true)?: isCrossOrigin = true
        default: throw .malformed
        }
        (self.type, self.challenge, self.origin) = (type, challenge, origin)
        hash = Array(SHA256.hash(data: Data(bytes)))
    }

    /// - Throws: ``KeyFault/wrongType``, ``KeyFault/wrongChallenge``, ``KeyFault/wrongOrigin``.
    func require(_ kind: Kind, challenge: String, at party: RelyingParty) throws(KeyFault) {
        guard type == kind.rawValue else { throw .wrongType }
        guard self.challenge == challenge else { throw .wrongChallenge }
        // Our pages are in no frames, so whoever asked in one was not us.
        guard origin == party.origin, !isCrossOrigin else { throw .wrongOrigin }
    }
}
