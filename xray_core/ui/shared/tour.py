"""A minute's tour by doing: a film, the evidence, the threshold."""

from typing import Literal

import streamlit as st

from xray_core.ui.pages import EXPLAIN, MODEL
from xray_core.ui.shared import state

_COOKIE = "radiolucent_tour"
# It says that the tour was seen and nothing else, and is read by this app alone.
_remember = st.components.v2.component(
    "remember_tour",
    js=f"""
export default () => {{
  document.cookie = "{_COOKIE}=seen; max-age=31536000; path=/; samesite=lax";
}};
""",
)
# Each step leads the eye to what it speaks of, once that is there.
_lead = st.components.v2.component(
    "lead_the_eye",
    js="""
let led = null;
export default ({ data: [step, place] }) => {
  if (led === step) return;
  led = step;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const how = { block: "center", behavior: calm ? "auto" : "smooth" };
  const lead = (found) => found.scrollIntoView(how);
  const look = (patience) => {
    const found = document.querySelector(place);
    if (found?.getClientRects().length) {
      lead(found);
      setTimeout(lead, 1500, found); // once more, when what stands above it has its height
    } else if (patience) setTimeout(look, 250, patience - 1);
  };
  look(60);
};
""",
)
_PLACES = (".st-key-verdict", ".st-key-film-viewer", '[class*="st-key-threshold"]')
STEPS = (
    "**A film and its answer.** This child has pneumonia. Read the answer first: the "
    "probability, and on which side of the operating point it lies.",
    "**The evidence.** Switch *Evidence* off and on again, below the film. Does the colour lie "
    "where you see something? It shows what moved the network, not where a disease ends.",
    "**The threshold.** Move the first slider: fewer missed children cost more false alarms, and "
    "no place is free of both. The dots below are a thousand children.",
)


def draw(*, offered: bool) -> None:
    """Draw the tour's present step, or offer the tour; nothing for who has seen it.

    ``offered`` says whether this page offers the tour to who has not begun it.
    """
    step = state.tour()
    if step is None:
        _remember(key="remember tour")
        return
    sample = state.first_film()
    if sample is None or (step == 0 and (not offered or st.context.cookies.get(_COOKIE) == "seen")):
        return
    with st.container(border=True, key="tour", gap="xsmall"):
        if step:
            st.markdown(f"Tour, {step} of {len(STEPS)} · {STEPS[step - 1]}")
            _lead(key="lead the eye", data=[step, _PLACES[step - 1]])
        else:
            st.markdown("**New here?** One minute shows a film, its evidence, and the threshold.")
        with st.container(horizontal=True, gap="small"):
            if step == len(STEPS):
                st.button("Done", type="primary", on_click=state.go_on_tour, args=(None,))
                return
            # the page's own first step stays the first
            kind: Literal["primary", "secondary"] = "primary" if step else "secondary"
            if st.button("Next" if step else "Take the tour", key="tour on", type=kind):
                state.go_on_tour(step + 1)
                if step + 1 == len(STEPS):
                    query = {"view of the model": "Threshold"}
                    st.switch_page(MODEL.path, query_params=query)
                st.switch_page(EXPLAIN.path, query_params=state.address(sample))
            st.button(
                "End the tour" if step else "No, thanks",
                type="tertiary",
                on_click=state.go_on_tour,
                args=(None,),
            )
