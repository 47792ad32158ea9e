package io.godwit.kotlin

import io.godwit.checks.Documents
import java.nio.file.Files
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test

/** Each block of Kotlin in the guides is a part of DocumentedSnippets.kt, which the build compiles. */
class DocumentedSnippetsTest {
    private fun unindented(text: String) = text.lines().joinToString("\n") { it.trim() }.trim()

    @Test
    fun `each block of the guides compiles`() {
        val compiled = unindented(
            Files.readString(
                Documents.root().resolve("integrations/kotlin/src/test/kotlin/io/godwit/kotlin/DocumentedSnippets.kt")))
        val blocks = Documents.blocks().filter { it.language() == "kotlin" }.filterNot { "implementation(" in it.text() }

        assertThat(blocks).hasSizeGreaterThan(2)
        assertThat(blocks).allSatisfy { assertThat(compiled).`as`(it.toString()).contains(unindented(it.text())) }
    }
}
