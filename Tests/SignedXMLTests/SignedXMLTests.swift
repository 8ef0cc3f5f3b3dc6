import Foundation
import TestSupport
import Testing

@testable import SignedXML

private let space = "urn:example"

/// A document with one statement, as a provider signs it: `<e:Answer><e:Statement>…`.
private struct Sample {
    var id = "s1"
    var name = "anna"
    var answerID = "a1"

    var statement: String { "<e:Statement xmlns:e=\"\(space)\" ID=\"\(id)\"><e:Name>\(name)</e:Name></e:Statement>" }

    func signed(_ signer: XMLSigner, _ method: XMLSigner.Method = .init()) throws -> String {
        Self.put(try signer.signature(of: statement, id: id, method), into: statement)
    }

    /// Puts a signature at the end of an element.
    static func put(_ signature: String, into element: String) -> String {
        let end = element.range(of: "</", options: .backwards)?.lowerBound ?? element.endIndex
        return element[..<end] + signature + element[end...]
    }

    /// An answer with these parts, in canonical form.
    func answer(_ parts: String) -> String { "<e:Answer xmlns:e=\"\(space)\" ID=\"\(answerID)\">\(parts)</e:Answer>" }

    /// The statement without the declaration that its parent has.
    var inner: String { statement.replacing(" xmlns:e=\"\(space)\"", with: "") }
}

@Suite struct SignedXMLTests {
    private let signer: XMLSigner

    init() async throws {
        signer = try await .make()
    }

    private func read(_ text: String, _ signers: [XMLSigner]? = nil) throws -> SignedXML.Content {
        let keys = try (signers ?? [signer]).map { try XMLKey(certificate: $0.certificate) }
        return try SignedXML.read(Array(text.utf8), child: "Statement", in: space, keys: keys)
    }

    private func name(_ content: SignedXML.Content) -> String? { content.child.only("Name", in: space)?.text }

    // MARK: - What is accepted

    @Test func aSignedChildIsRead() throws {
        let sample = Sample()
        let content = try read(sample.answer(try sample.signed(signer)))
        #expect(name(content) == "anna" && content.root == nil)
        #expect(content.unverified["ID"] == "a1")
    }

    @Test func aChildOfASignedRootIsRead() throws {
        let sample = Sample()
        let canonical = sample.answer(sample.inner)
        let content = try read(Sample.put(try signer.signature(of: canonical, id: "a1"), into: canonical))
        #expect(name(content) == "anna" && content.root?["ID"] == "a1")
    }

    @Test func bothCanBeSigned() throws {
        let sample = Sample()
        let inner = Sample.put(try signer.signature(of: sample.statement, id: "s1"), into: sample.inner)
        let canonical = sample.answer(inner)
        let document = Sample.put(try signer.signature(of: canonical, id: "a1"), into: canonical)
        #expect(name(try read(document)) == "anna")
        // Each of them has to be valid.
        let other = try signer.signature(of: canonical + " ", id: "a1")
        #expect(throws: XMLFault.wrongSignature) { try read(Sample.put(other, into: canonical)) }
    }

    @Test func ellipticCurvesAndLongerDigestsAreAccepted() async throws {
        let sample = Sample()
        let ec = try await XMLSigner.make("ec")
        let method = XMLSigner.Method { $0.signature = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256" }
        #expect(name(try read(sample.answer(try sample.signed(ec, method)), [signer, ec])) == "anna")
        let long = XMLSigner.Method {
            $0.signature = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"
            $0.digest = "http://www.w3.org/2001/04/xmlenc#sha512"
        }
        #expect(name(try read(sample.answer(try sample.signed(signer, long)))) == "anna")
    }

    /// A comment would be the other way to divide a text.
    @Test func aTextIsReadAsAWhole() throws {
        let sample = Sample(name: "a&amp;b&lt;c")
        let document = sample.answer(try sample.signed(signer)).replacing("a&amp;b", with: "a<![CDATA[&]]>b")
        #expect(name(try read(document)) == "a&b<c")
    }

    // MARK: - Who signs

    @Test func aSignatureOfAnotherKeyIsRefused() async throws {
        let sample = Sample()
        let thief = try await XMLSigner.make()
        #expect(throws: XMLFault.wrongSignature) { try read(sample.answer(try sample.signed(thief))) }
        // The document can't bring its own key.
        let brought = XMLSigner.Method {
            $0.appendix = """
                <ds:KeyInfo><ds:X509Data><ds:X509Certificate>\(Data(thief.certificate).base64EncodedString())\
                </ds:X509Certificate></ds:X509Data></ds:KeyInfo>
                """
        }
        #expect(throws: XMLFault.wrongSignature) { try read(sample.answer(try sample.signed(thief, brought))) }
        #expect(throws: XMLFault.wrongSignature) { try read(sample.answer(try sample.signed(thief)), []) }
    }

    @Test func nothingIsReadOfWhatIsNotSigned() throws {
        #expect(throws: XMLFault.unsigned) { try read(Sample().answer(Sample().inner)) }
    }

    @Test func whatWasChangedIsRefused() throws {
        let sample = Sample()
        let document = sample.answer(try sample.signed(signer))
        for (old, new) in [
            ("anna", "olga"), ("</e:Name>", "</e:Name><e:Name>olga</e:Name>"), ("ID=\"s1\"", "ID=\"s1\" x=\"\""),
        ] {
            #expect(throws: XMLFault.wrongSignature) { try read(document.replacing(old, with: new)) }
        }
        #expect(name(try read(document)) == "anna")
    }

    @Test(arguments: [
        "http://www.w3.org/2000/09/xmldsig#rsa-sha1", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-md5",
    ])
    func signaturesByWeakAlgorithmsAreRefused(algorithm: String) throws {
        let sample = Sample()
        let method = XMLSigner.Method { $0.signature = algorithm }
        #expect(throws: XMLFault.wrongSignature) { try read(sample.answer(try sample.signed(signer, method))) }
    }

    @Test func aWeakDigestIsRefused() throws {
        let sample = Sample()
        let method = XMLSigner.Method { $0.digest = "http://www.w3.org/2000/09/xmldsig#sha1" }
        #expect(throws: XMLFault.wrongSignature) { try read(sample.answer(try sample.signed(signer, method))) }
    }

    @Test(arguments: [
        "http://www.w3.org/TR/1999/REC-xslt-19991116", "http://www.w3.org/TR/1999/REC-xpath-19991116",
        "http://www.w3.org/2002/06/xmldsig-filter2", "http://www.w3.org/2000/09/xmldsig#base64",
        "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
    ])
    func noTransformButThoseOfSAMLIsRun(transform: String) throws {
        let sample = Sample()
        let method = XMLSigner.Method { $0.transforms = [XMLSigner.Method.enveloped, transform] }
        #expect(throws: XMLFault.wrongSignature) { try read(sample.answer(try sample.signed(signer, method))) }
    }

    @Test(arguments: ["", "#a1", "#s2", "http://localhost/a", "file:///etc/passwd", "#xpointer(/)"])
    func aReferenceToSomethingElseIsRefused(uri: String) throws {
        let sample = Sample()
        let method = XMLSigner.Method { $0.uri = uri }
        #expect(throws: XMLFault.wrongSignature) { try read(sample.answer(try sample.signed(signer, method))) }
    }

    @Test func aSignatureCoversOneThing() throws {
        let sample = Sample()
        let method = XMLSigner.Method { $0.references = 2 }
        #expect(throws: XMLFault.wrongSignature) { try read(sample.answer(try sample.signed(signer, method))) }
        let twice = try signer.signature(of: sample.statement, id: "s1")
        let document = sample.answer(Sample.put(twice, into: Sample.put(twice, into: sample.statement)))
        #expect(throws: XMLFault.wrongSignature) { try read(document) }
    }

    // MARK: - Signature wrapping

    /// The signed statement is somewhere else, and another one is where a reader looks.
    @Test(arguments: 0..<8)
    func aStatementThatWasWrappedIsRefused(form: Int) throws {
        let (good, evil) = (Sample(), Sample(id: "s2", name: "olga"))
        let signed = try good.signed(signer)
        let signature = try signer.signature(of: good.statement, id: "s1")
        let object = XMLSigner.Method { $0.appendix = "<ds:Object>\(good.statement)</ds:Object>" }
        let forms: [(String, XMLFault)] = [
            // Beside it.
            (good.answer(evil.inner + signed), .misplaced),
            (good.answer(signed + evil.inner), .misplaced),
            // In the place of it, with the signature and without.
            (good.answer(Sample.put(signature + good.statement, into: evil.inner)), .wrongSignature),
            (good.answer(Sample.put(signed, into: evil.inner)), .unsigned),
            (good.answer("<e:Extensions>\(signed)</e:Extensions>" + evil.inner), .unsigned),
            // Inside the signature.
            (
                good.answer(Sample.put(try signer.signature(of: good.statement, id: "s1", object), into: evil.inner)),
                .wrongSignature
            ),
            // With the same id.
            (
                good.answer("<e:Extensions>\(signed)</e:Extensions>" + evil.inner.replacing("s2", with: "s1")),
                .repeatedID
            ),
            (
                good.answer(
                    "<x>\(good.statement)</x>" + Sample.put(signature, into: evil.inner.replacing("s2", with: "s1"))
                ), .repeatedID
            ),
        ]
        #expect(throws: forms[form].1) { try read(forms[form].0) }
    }

    @Test func aSignedRootThatWasWrappedIsRefused() throws {
        let (good, evil) = (Sample(), Sample(id: "s2", name: "olga", answerID: "a2"))
        let canonical = good.answer(good.inner)
        let signature = try signer.signature(of: canonical, id: "a1")
        let signed = Sample.put(signature, into: canonical)
        let forms: [(String, XMLFault)] = [
            (evil.answer(evil.inner + "<e:Extensions>\(signed)</e:Extensions>"), .unsigned),
            (evil.answer(evil.inner + "<e:Extensions>\(canonical)</e:Extensions>" + signature), .wrongSignature),
            (
                evil.answer(
                    evil.inner
                        + Sample.put(
                            "<ds:Object xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">\(canonical)</ds:Object>",
                            into: signature
                        )
                ), .wrongSignature
            ),
        ]
        for (document, fault) in forms { #expect(throws: fault) { try read(document) } }
    }

    // MARK: - What is no document of a protocol

    /// `anna<!-- -->@evil.example` is signed as one name, and read by some as another.
    @Test func aCommentIsRefused() throws {
        let sample = Sample(name: "anna@sunfield.example.evil.example")
        let document = sample.answer(try sample.signed(signer))
        let divided = document.replacing("example.evil", with: "example<!-- x -->.evil")
        #expect(throws: XMLFault.comment) { try read(divided) }
        #expect(throws: XMLFault.comment) { try read("<!-- x -->" + document) }
        #expect(throws: XMLFault.comment) { try read(document.replacing("<e:Name>", with: "<?x y?><e:Name>")) }
        #expect(name(try read(document)) == sample.name)
    }

    @Test func entitiesAndDocumentTypesAreRefused() throws {
        let sample = Sample()
        let document = sample.answer(try sample.signed(signer))
        let bomb = (1...9).map { "<!ENTITY l\($0) \"\(String(repeating: "&l\($0 - 1);", count: 10))\">" }.joined()
        for type in [
            "<!DOCTYPE a>", "<!DOCTYPE a [<!ENTITY l0 \"x\">\(bomb)]>",
            "<!DOCTYPE a [<!ENTITY f SYSTEM \"file:///etc/passwd\">]>",
            "<!DOCTYPE a SYSTEM \"http://localhost/a.dtd\">",
        ] {
            #expect(throws: XMLFault.documentType) { try read(type + document) }
        }
        #expect(throws: XMLFault.malformed) { try read(document.replacing("anna", with: "&f;")) }
    }

    /// In another encoding, a document type could not be seen.
    @Test func onlyUTF8IsRead() throws {
        let text = "<?xml version=\"1.0\" encoding=\"UTF-16\"?><!DOCTYPE a><a/>"
        let bytes = Array(text.utf16).flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        #expect(throws: XMLFault.malformed) { try XMLElement(reading: [0xFF, 0xFE] + bytes) }
        #expect(throws: XMLFault.malformed) {
            try XMLElement(reading: Array("<a>".utf8) + [0xC3, 0x28] + Array("</a>".utf8))
        }
        // What the document says of itself does not count.
        let seven = "<?xml version=\"1.0\" encoding=\"UTF-7\"?><a>+ADwAIQ-DOCTYPE</a>"
        #expect((try? XMLElement(reading: Array(seven.utf8)))?.text == "+ADwAIQ-DOCTYPE")
    }

    @Test func whatIsTooLargeOrTooDeepIsRefused() throws {
        let large = "<a>\(String(repeating: "x", count: SignedXML.largest))</a>"
        #expect(throws: XMLFault.tooLarge) { try XMLElement(reading: Array(large.utf8)) }
        let deep = String(repeating: "<a>", count: 5000) + String(repeating: "</a>", count: 5000)
        #expect(throws: XMLFault.malformed) { try XMLElement(reading: Array(deep.utf8)) }
        for text in ["", "x", "<a", "<a></b>", "<a/><b/>", "<a ID=\"1\" ID=\"2\"/>", "\u{0}<a/>"] {
            #expect(throws: XMLFault.malformed) { try XMLElement(reading: Array(text.utf8)) }
        }
    }

    /// Whatever a stranger changes, nothing but the signed name is ever read, and the process goes on.
    @Test func brokenDocumentsAreRefusedOrReadAsTheyWereSigned() throws {
        let sample = Sample()
        let bytes = Array(sample.answer(try sample.signed(signer)).utf8)
        let keys = [try XMLKey(certificate: signer.certificate)]
        var random = SystemRandomNumberGenerator()
        for _ in 0..<3000 {
            var broken = bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<broken.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: broken[place] = UInt8.random(in: 0...255, using: &random)
                case 1: broken.remove(at: place)
                default: broken.insert(contentsOf: broken[place..<min(place + 40, broken.count)], at: place)
                }
            }
            if let content = try? SignedXML.read(broken, child: "Statement", in: space, keys: keys) {
                #expect(name(content) == "anna", "\(String(decoding: broken, as: UTF8.self))")
            }
        }
    }

    // MARK: - Keys

    @Test func weakKeysAreRefused() async throws {
        for algorithm in ["rsa:1024", "ed25519"] {
            let weak = try await XMLSigner.make(algorithm)
            #expect(!weak.certificate.isEmpty)
            #expect(throws: XMLKey.Unfit.self) { try XMLKey(certificate: weak.certificate) }
        }
        for bytes in [[], [1, 2, 3], Array(signer.certificate.dropLast(20))] {
            #expect(throws: XMLKey.Unfit.self) { try XMLKey(certificate: bytes) }
        }
    }
}
