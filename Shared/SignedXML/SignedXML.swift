/// Documents with signatures (XML Signature, W3C 2008), as SAML 2.0 has them (SAML Core, section 5.4): enveloped in what they sign.
///
/// Nothing is read from the document itself but from the octets whose digest was signed. An attacker who moves the signed element somewhere
/// else, and puts another one in its place (signature wrapping), has moved nothing: the other one is not among these octets.
///
/// Everything here blocks its thread, for about a millisecond.
public enum SignedXML {
    /// The largest document, in bytes.
    public static let largest = 256 << 10

    /// What is signed of a document.
    public struct Content: Hashable, Sendable {
        /// The root, if it is signed.
        public var root: XMLElement?
        /// The child, read from its own signature, or else from the root's.
        public var child: XMLElement
        /// The root as the document has it, signed or not: only for what does not matter, or is checked besides.
        public var unverified: XMLElement
    }

    /// Reads a document whose root is signed, or its only child of a name, or both. Each signature that there is has to be valid.
    ///
    /// - Parameter keys: Of whom it has to be. A key that the document brings is not used.
    /// - Throws: ``XMLFault``.
    public static func read(
        _ bytes: [UInt8],
        child name: String,
        in namespace: String,
        keys: [XMLKey]
    ) throws(XMLFault) -> Content {
        let document = try XMLDocument(bytes)
        let (root, children) = document.places(name, in: namespace)
        guard children.count == 1 else { throw .misplaced }
        let signedRoot = document.isSigned(root) ? try document.signed(root, by: keys) : nil
        let signedChild = document.isSigned(children[0]) ? try document.signed(children[0], by: keys) : nil
        guard signedRoot != nil || signedChild != nil else { throw .unsigned }
        guard let child = signedChild ?? signedRoot?.only(name, in: namespace) else { throw .misplaced }
        return Content(root: signedRoot, child: child, unverified: document.root)
    }
}
