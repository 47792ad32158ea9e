// Light or dark: as the system says, unless chosen here.
import { computed, effect, signal } from "@preact/signals";

const key = "godwit.theme";
const system = matchMedia("(prefers-color-scheme: dark)");
const systemDark = signal(system.matches);

/** "system", "light" or "dark". */
export const choice = signal(stored());
export const theme = computed(() => (choice.value === "system" ? (systemDark.value ? "dark" : "light") : choice.value));

export function startTheme() {
  system.addEventListener("change", ({ matches }) => {
    systemDark.value = matches;
  });
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
  });
}

export function choose(value) {
  choice.value = value;
  try {
    localStorage.setItem(key, value);
  } catch {
    // A browser without storage forgets the choice.
  }
}

function stored() {
  try {
    const value = localStorage.getItem(key);
    return ["light", "dark"].includes(value) ? value : "system";
  } catch {
    return "system";
  }
}
