import CLibXML
import CXMLSec

/// A parsed document; the only place that touches the nodes of libxml2.
///
/// It stays on the thread that made it, and nothing of it gets out but values.
struct XMLDocument: ~Copyable {
    typealias Node = xmlNodePtr

    private let handle: xmlDocPtr
    private let top: Node

    /// Both libraries have tables that are filled once.
    private static let isReady = dcmms_xmlsec_start() == 0

    /// Parses without a document type, without files and without the network.
    init(_ bytes: [UInt8]) throws(XMLFault) {
        guard bytes.count <= SignedXML.largest else { throw .tooLarge }
        // Whatever the declaration says: in another encoding, what follows could not be seen here.
        guard Self.isReady, let text = String(validating: bytes, as: UTF8.self), !text.utf8.contains(0) else {
            throw .malformed
        }
        guard !text.utf8.containsSubsequence("<!DOCTYPE".utf8), !text.utf8.containsSubsequence("<!ENTITY".utf8) else {
            throw .documentType
        }
        let options = Int32(
            XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue
        )
        let parsed = bytes.withUnsafeBytes {
            xmlReadMemory($0.baseAddress, Int32($0.count), nil, "UTF-8", options)
        }
        guard let parsed else { throw .malformed }
        let fault = Self.fault(of: parsed)
        guard fault == nil, let top = xmlDocGetRootElement(parsed) else {
            xmlFreeDoc(parsed)
            throw fault ?? .malformed
        }
        (handle, self.top) = (parsed, top)
    }

    deinit { xmlFreeDoc(handle) }

    var root: XMLElement { Self.element(top) }

    // MARK: - What a signature covers

    /// The elements that can be signed: the root, and its children of a name.
    func places(_ name: String, in namespace: String) -> (root: Node, children: [Node]) {
        (top, Self.children(top).filter { Self.isNamed($0, name, namespace) })
    }

    func isSigned(_ node: Node) -> Bool { !Self.signatures(of: node).isEmpty }

    /// What was signed by one of the keys: read from the octets that were digested, so it does not matter where in the document they
    /// seem to be.
    func signed(_ node: Node, by keys: [XMLKey]) throws(XMLFault) -> XMLElement {
        let signatures = Self.signatures(of: node)
        guard signatures.count == 1, let attribute = Self.property("ID", of: node) else { throw .wrongSignature }
        let id = Self.value(of: attribute)
        guard !id.isEmpty, xmlAddID(nil, handle, id, attribute) != nil else { throw .wrongSignature }
        for key in keys {
            guard let octets = key.octets(signedBy: signatures[0]) else { continue }
            let document = try XMLDocument(octets)
            let (element, expected) = (document.root, Self.element(node))
            guard element.name == expected.name, element.namespace == expected.namespace, element["ID"] == id else {
                throw .wrongSignature
            }
            return element
        }
        throw .wrongSignature
    }

    private static func signatures(of node: Node) -> [Node] {
        children(node).filter { isNamed($0, "Signature", "http://www.w3.org/2000/09/xmldsig#") }
    }

    // MARK: - Nodes

    /// What a protocol's document never has.
    private static func fault(of document: xmlDocPtr) -> XMLFault? {
        guard document.pointee.intSubset == nil else { return .documentType }
        guard let top = xmlDocGetRootElement(document) else { return .malformed }
        guard document.pointee.children == top, top.pointee.next == nil else { return .comment }
        var ids: Set<String> = []
        var open = [top]
        while let element = open.popLast() {
            if let id = property("ID", of: element), !ids.insert(value(of: id)).inserted { return .repeatedID }
            var child = element.pointee.children
            while let current = child {
                switch current.pointee.type {
                case XML_ELEMENT_NODE: open.append(current)
                case XML_TEXT_NODE, XML_CDATA_SECTION_NODE: break
                default: return .comment
                }
                child = current.pointee.next
            }
        }
        return nil
    }

    private static func children(_ node: Node) -> [Node] {
        var found: [Node] = []
        var child = node.pointee.children
        while let current = child {
            if current.pointee.type == XML_ELEMENT_NODE { found.append(current) }
            child = current.pointee.next
        }
        return found
    }

    private static func isNamed(_ node: Node, _ name: String, _ namespace: String) -> Bool {
        text(node.pointee.name) == name && self.namespace(of: node) == namespace
    }

    private static func namespace(of node: Node) -> String { node.pointee.ns.map { text($0.pointee.href) } ?? "" }

    private static func text(_ pointer: UnsafePointer<xmlChar>?) -> String {
        pointer.map { String(cString: $0) } ?? ""
    }

    /// An attribute without a namespace.
    private static func property(_ name: String, of node: Node) -> xmlAttrPtr? {
        var property = node.pointee.properties
        while let current = property {
            if current.pointee.ns == nil, text(current.pointee.name) == name { return current }
            property = current.pointee.next
        }
        return nil
    }

    /// Without a document type, an attribute consists of text only.
    private static func value(of property: xmlAttrPtr) -> String {
        var (value, child) = ("", property.pointee.children)
        while let current = child {
            value += text(current.pointee.content)
            child = current.pointee.next
        }
        return value
    }

    /// libxml2 lets nothing be deeper than 256 elements.
    private static func element(_ node: Node) -> XMLElement {
        var element = XMLElement(name: text(node.pointee.name), namespace: namespace(of: node))
        var property = node.pointee.properties
        while let current = property {
            if current.pointee.ns == nil { element.attributes[text(current.pointee.name)] = value(of: current) }
            property = current.pointee.next
        }
        var child = node.pointee.children
        while let current = child {
            switch current.pointee.type {
            case XML_ELEMENT_NODE: element.children.append(self.element(current))
            case XML_TEXT_NODE, XML_CDATA_SECTION_NODE: element.text += text(current.pointee.content)
            default: break
            }
            child = current.pointee.next
        }
        return element
    }
}

extension String.UTF8View {
    fileprivate func containsSubsequence(_ wanted: String.UTF8View) -> Bool {
        guard let first = wanted.first else { return true }
        var rest = self[...]
        while let start = rest.firstIndex(of: first) {
            rest = rest[start...]
            if rest.starts(with: wanted) { return true }
            rest = rest.dropFirst()
        }
        return false
    }
}
