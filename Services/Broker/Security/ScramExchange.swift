import Foundation

/// The server's side of one SCRAM-SHA-256 login (RFC 5802, section 5; no channel binding).
///
/// Pure: a message in, a message out. It proceeds in the same way whether or not the user exists.
struct ScramExchange {
    enum Failure: Error, Equatable {
        /// The message, or this step, is not what the RFC says.
        case malformed
        /// Wrong password, or no such user: the client does not learn which.
        case refused
    }

    private enum State {
        case first
        case final(bare: String, header: String, serverFirst: String, nonces: [String], verifier: ScramVerifier)
        case over
    }

    private static let maxName = 200
    private static let maxNonce = 512

    private var state = State.first
    private(set) var user = ""
    var isAccepted = false

    /// - Parameter verifier: the verifier to check against; for an unknown name one that no password matches.
    mutating func answer(_ message: [UInt8], nonce: String, verifier: (String) -> ScramVerifier) throws(Failure)
        -> String
    {
        guard let text = String(validating: message, as: UTF8.self) else { throw .malformed }
        let current = state
        state = .over
        switch current {
        case .first: return try first(text, nonce, verifier)
        case .final(let bare, let header, let serverFirst, let nonces, let verifier):
            return try final(text, bare: bare, header: header, serverFirst: serverFirst, nonces: nonces, verifier)
        case .over: throw .malformed
        }
    }

    /// `n,[a=NAME],n=NAME,r=NONCE[,extensions]`
    private mutating func first(
        _ text: String,
        _ serverNonce: String,
        _ verifier: (String) -> ScramVerifier
    ) throws(Failure) -> String {
        let fields = text.split(separator: ",", omittingEmptySubsequences: false)
        // "y": the client could bind to the channel but believes that we cannot, which is true.
        guard fields.count >= 4, fields[0] == "n" || fields[0] == "y" else { throw .malformed }
        let name = try unescaped(value(fields[2], "n"))
        let nonce = try value(fields[3], "r")
        guard (1...Self.maxName).contains(name.count), (1...Self.maxNonce).contains(nonce.utf8.count),
            nonce.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
        else { throw .malformed }
        // A user may not act for another one.
        if !fields[1].isEmpty { guard try unescaped(value(fields[1], "a")) == name else { throw .refused } }
        user = name
        let verifier = verifier(name)
        let serverFirst = "r=\(nonce)\(serverNonce),s=\(verifier.salt.base64),i=\(verifier.iterations)"
        state = .final(
            bare: fields[2...].joined(separator: ","),
            header: "\(fields[0]),\(fields[1]),",
            serverFirst: serverFirst,
            // librdkafka before 2.6.1 repeats its own part in front. The proof covers its message and ours, so it still
            // belongs to this conversation.
            nonces: [nonce + serverNonce, nonce + nonce + serverNonce],
            verifier: verifier
        )
        return serverFirst
    }

    /// `c=HEADER,r=NONCE[,extensions],p=PROOF`
    private mutating func final(
        _ text: String,
        bare: String,
        header: String,
        serverFirst: String,
        nonces: [String],
        _ verifier: ScramVerifier
    ) throws(Failure) -> String {
        let fields = text.split(separator: ",", omittingEmptySubsequences: false)
        guard fields.count >= 3, let last = fields.last else { throw .malformed }
        guard let binding = Data(base64Encoded: try value(fields[0], "c")),
            let proof = Data(base64Encoded: try value(last, "p"))
        else { throw .malformed }
        guard binding == Data(header.utf8), nonces.contains(try value(fields[1], "r")) else { throw .refused }
        let message = "\(bare),\(serverFirst),\(fields.dropLast().joined(separator: ","))"
        guard verifier.accepts(proof: [UInt8](proof), of: message) else { throw .refused }
        isAccepted = true
        return "v=\(verifier.signature(of: message).base64)"
    }

    private func value(_ field: Substring, _ name: Character) throws(Failure) -> String {
        guard field.count >= 2, field.first == name, field.dropFirst().first == "=" else { throw .malformed }
        return String(field.dropFirst(2))
    }

    /// `=2C` is a comma and `=3D` an equals sign; an equals sign alone is an error.
    private func unescaped(_ name: String) throws(Failure) -> String {
        let plain = name.replacingOccurrences(of: "=2C", with: "").replacingOccurrences(of: "=3D", with: "")
        guard !plain.contains("=") else { throw .malformed }
        return name.replacingOccurrences(of: "=2C", with: ",").replacingOccurrences(of: "=3D", with: "=")
    }
}
