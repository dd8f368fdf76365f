// Notebook 7 takes the arrow keys on their way down to a slider or a list. It passes over what is so marked.
export default {
  render() {
    const mark = (event) => {
      const control = event.target.closest?.("[class*=autograd-lab-live] :is(.noUi-handle, select)");
      const plain = !(event.ctrlKey || event.altKey || event.metaKey);
      control?.toggleAttribute("data-lm-suppress-shortcuts", plain && event.key.startsWith("Arrow"));
    };
    addEventListener("keydown", mark, true);
    return () => removeEventListener("keydown", mark, true);
  },
};
