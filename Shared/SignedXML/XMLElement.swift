/// An element of an XML document as a value, with everything below it.
///
/// Only what protocols carry is kept: comments and instructions are refused before (``XMLFault``), and attributes with a namespace are left out.
public struct XMLElement: Hashable, Sendable {
    /// Without a prefix.
    public var name: String
    /// The URI that the prefix stands for; empty if it has none.
    public var namespace: String
    /// Those without a namespace.
    public var attributes: [String: String]
    /// The elements directly below it, in their order.
    public var children: [XMLElement]
    /// Its own text, as a whole, without that of ``children``.
    public var text: String

    public init(
        name: String,
        namespace: String,
        attributes: [String: String] = [:],
        children: [XMLElement] = [],
        text: String = ""
    ) {
        self.name = name
        self.namespace = namespace
        self.attributes = attributes
        self.children = children
        self.text = text
    }

    /// An attribute without a namespace.
    public subscript(attribute: String) -> String? { attributes[attribute] }

    /// The children of this name.
    public func all(_ name: String, in namespace: String) -> [XMLElement] {
        children.filter { $0.name == name && $0.namespace == namespace }
    }

    /// The only child of this name; `nil` if there is none, or more than one.
    public func only(_ name: String, in namespace: String) -> XMLElement? {
        let found = all(name, in: namespace)
        return found.count == 1 ? found[0] : nil
    }

    /// The text without the white space around it, with which documents are laid out.
    public var trimmedText: String {
        let scalars = text.unicodeScalars
        func isSpace(_ scalar: Unicode.Scalar) -> Bool { [" ", "\t", "\n", "\r"].contains(scalar) }
        let start = scalars.firstIndex { !isSpace($0) } ?? scalars.endIndex
        let end = scalars.lastIndex { !isSpace($0) }.map(scalars.index(after:)) ?? start
        return String(scalars[start..<end])
    }

    /// Reads a document that nobody has signed, or whose signature does not matter.
    ///
    /// - Throws: ``XMLFault``.
    public init(reading bytes: [UInt8]) throws(XMLFault) {
        self = try XMLDocument(bytes).root
    }
}

/// Why a document is not accepted.
public enum XMLFault: Error, Hashable, Sendable {
    /// It is larger than ``SignedXML/largest``.
    case tooLarge
    /// It is no XML in UTF-8.
    case malformed
    /// It declares a document type, whose entities could grow without end or read files.
    case documentType
    /// It has a comment or an instruction. Both are left out of what is signed or read, so they could divide a name.
    case comment
    /// Two elements have the same id: a signature could be for one, and be read for the other.
    case repeatedID
    /// An element that is signed is not where the protocol has it.
    case misplaced
    /// Nothing is signed.
    case unsigned
    /// A signature is not valid: it is of another key, of an algorithm that is not accepted, or of something else.
    case wrongSignature
}
