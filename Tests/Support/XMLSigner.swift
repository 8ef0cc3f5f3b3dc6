import Crypto
import CryptoExtras
import Foundation
import LocalServers

/// Signs XML as an identity provider does (XML Signature), by hand: what it signs is written in canonical form to begin with. So nothing
/// that verifies signatures has a part in making them, and a test can sign in every wrong way.
public struct XMLSigner: Sendable {
    /// How something is signed.
    public struct Method: Sendable {
        public var signature = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
        public var digest = "http://www.w3.org/2001/04/xmlenc#sha256"
        public var transforms = [Self.enveloped, Self.canonical]
        /// What the reference names; `nil` for the id of what is signed.
        public var uri: String?
        /// Below the signature, after its value.
        public var appendix = ""
        /// How often the reference is in the signature.
        public var references = 1

        public static let enveloped = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
        public static let canonical = "http://www.w3.org/2001/10/xml-exc-c14n#"

        public init() {}

        public init(_ change: (inout Method) -> Void) {
            change(&self)
        }
    }

    /// X.509, DER.
    public let certificate: [UInt8]
    /// The private key (PKCS #8, PEM).
    public let privateKey: String
    private let isEC: Bool

    /// A new key with a certificate of its own.
    ///
    /// - Parameter algorithm: As openssl names it: `rsa:2048`, `ec`.
    public static func make(_ algorithm: String = "rsa:2048") async throws -> XMLSigner {
        let curve = algorithm == "ec" ? ["-pkeyopt", "ec_paramgen_curve:prime256v1"] : []
        let folder = FileManager.default.temporaryDirectory.appending(path: "signer-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (key, certificate) = (folder.appending(path: "key"), folder.appending(path: "certificate"))
        try await Tool.run(
            ["openssl", "req", "-x509", "-newkey", algorithm] + curve
                + ["-nodes", "-keyout", key.path, "-out", certificate.path, "-days", "2", "-subj", "/CN=provider"]
        )
        let lines = try String(contentsOf: certificate, encoding: .utf8).split(separator: "\n")
            .filter { !$0.hasPrefix("-") }
        return XMLSigner(
            certificate: Array(Data(base64Encoded: lines.joined()) ?? Data()),
            privateKey: try String(contentsOf: key, encoding: .utf8),
            isEC: algorithm == "ec"
        )
    }

    /// A signature of an element.
    ///
    /// - Parameters:
    ///   - canonical: The element in canonical form (Exclusive XML Canonicalization).
    ///   - id: Its `ID`.
    public func signature(of canonical: String, id: String, _ method: Method = Method()) throws -> String {
        let reference = """
            <ds:Reference URI="\(method.uri ?? "#\(id)")"><ds:Transforms>\(method.transforms.map {
                "<ds:Transform Algorithm=\"\($0)\"></ds:Transform>"
            }.joined())</ds:Transforms><ds:DigestMethod Algorithm="\(method.digest)"></ds:DigestMethod>\
            <ds:DigestValue>\(Self.digest(of: canonical, method.digest).base64EncodedString())</ds:DigestValue></ds:Reference>
            """
        let info = """
            <ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">\
            <ds:CanonicalizationMethod Algorithm="\(Method.canonical)"></ds:CanonicalizationMethod>\
            <ds:SignatureMethod Algorithm="\(method.signature)"></ds:SignatureMethod>\
            \(String(repeating: reference, count: method.references))</ds:SignedInfo>
            """
        let value = try sign(Data(info.utf8), method.signature).base64EncodedString()
        // Alone it declares its prefix; inside the signature, which does, it must not.
        let inner = info.replacing(" xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"", with: "")
        return """
            <ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">\(inner)<ds:SignatureValue>\(value)</ds:SignatureValue>\
            \(method.appendix)</ds:Signature>
            """
    }

    private static func digest(of text: String, _ algorithm: String) -> Data {
        let data = Data(text.utf8)
        return switch algorithm.split(separator: "#").last ?? "" {
        case "sha1": Data(Insecure.SHA1.hash(data: data))
        case "sha512": Data(SHA512.hash(data: data))
        default: Data(SHA256.hash(data: data))
        }
    }

    private func sign(_ data: Data, _ algorithm: String) throws -> Data {
        guard !isEC else {
            return try P256.Signing.PrivateKey(pemRepresentation: privateKey).signature(for: SHA256.hash(data: data))
                .rawRepresentation
        }
        let key = try _RSA.Signing.PrivateKey(pemRepresentation: privateKey)
        return switch algorithm.split(separator: "#").last ?? "" {
        case "rsa-sha1":
            try key.signature(for: Insecure.SHA1.hash(data: data), padding: .insecurePKCS1v1_5).rawRepresentation
        case "rsa-sha512":
            try key.signature(for: SHA512.hash(data: data), padding: .insecurePKCS1v1_5).rawRepresentation
        // With the public certificate as a shared secret, as an old attack has it.
        case "hmac-sha256":
            Data(HMAC<SHA256>.authenticationCode(for: data, using: SymmetricKey(data: Data(certificate))))
        default:
            try key.signature(for: SHA256.hash(data: data), padding: .insecurePKCS1v1_5).rawRepresentation
        }
    }
}
