"""The pages' parts, a folder a page; the only part that knows Streamlit."""
