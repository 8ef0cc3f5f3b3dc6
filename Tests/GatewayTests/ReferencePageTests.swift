import APIDocuments
import Commands
import Testing

@testable import Gateway

@Suite struct ReferencePageTests {
    @Test func thePageShowsEveryRouteAndLoadsNothingExternal() throws {
        let documents = try APIDocuments.committed()
        let page = ReferencePage.make(MergedDocument.make(documents))
        for (_, document) in documents {
            for (path, operations) in document["paths"]?.members ?? [:] {
                for (method, operation) in operations.members ?? [:] where operation["x-not-forwarded"] != true {
                    #expect(page.contains("\(method.uppercased())</b> <code>\(path)</code>"))
                    #expect(page.contains(operation["summary"]?.text ?? "-"))
                }
            }
        }
        for loader in ["<script", "src=", "http://", "https://", "@import", "url("] { #expect(!page.contains(loader)) }
    }

    @Test func textsOfTheDocumentAreEscaped() {
        let page = ReferencePage.make([
            "paths": ["/x": ["get": ["summary": "<script>alert(1)</script>", "responses": [:]]]]
        ])
        #expect(page.contains("&lt;script&gt;"))
        #expect(!page.contains("<script>"))
    }

    /// The merged document has every route that is forwarded exactly once, and everything that the routes refer to.
    @Test func theMergedDocumentIsComplete() throws {
        let documents = try APIDocuments.committed()
        let merged = MergedDocument.make(documents)
        func routes(_ document: JSONValue) -> Int {
            (document["paths"]?.members ?? [:]).values.flatMap { ($0.members ?? [:]).values }
                .count { $0["x-not-forwarded"] != true }
        }
        // And the two that the gateway answers itself.
        #expect(routes(merged) == documents.values.reduce(2) { $0 + routes($1) })
        let text = merged.text()
        let names = Set(merged["components"]?["schemas"]?.members?.keys.map { $0 } ?? [])
        for reference in text.matches(of: /#\/components\/schemas\/([A-Za-z0-9_.-]+)/) {
            #expect(names.contains(String(reference.1)))
        }
    }
}
